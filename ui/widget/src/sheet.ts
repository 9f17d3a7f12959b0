// Style sheets for a shadow root, made of text that came with the script: nothing is fetched, nothing is inline.
export function dress(root: ShadowRoot, ...sheets: string[]) {
  const made = sheets.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...made];
}
