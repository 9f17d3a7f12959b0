// What the build puts in: names of the parts with their digests, and style sheets as text.
declare const PANEL: string, PANEL_INTEGRITY: string, CARD: string, CARD_INTEGRITY: string, FRAMED: string, FRAMED_INTEGRITY: string;
declare const MORE: string, MORE_INTEGRITY: string, RECORDS: string, RECORDS_INTEGRITY: string;
declare const LANGUAGES: Record<string, [file: string, integrity: string]>;
declare module "*.css" { const text: string; export default text; }
