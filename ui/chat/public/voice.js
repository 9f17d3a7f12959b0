// Voice, where the shop has somebody who hears and speaks: a recording becomes words in the composer, which the shopper
// reads, changes and sends themselves; an answer is read aloud when asked for. Nothing here sends or presses anything.
const able = new URL(import.meta.url).searchParams;
const LONGEST_MS = 60000;
const thread = () => /^\/chat\/thread\/([^/]+)/.exec(location.pathname)?.[1];
const note = document.createElement("p");
note.id = "voice-note";
note.setAttribute("role", "status");
document.body.append(note);

let recorder = null, playing = null, leaving = 0;

function say(text, forMs = 6000) {
  clearTimeout(leaving);
  note.textContent = text;
  if (text && forMs) leaving = setTimeout(() => { note.textContent = ""; }, forMs);
}

async function asked(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", credentials: "same-origin", cache: "no-store", body });
  } catch {
    throw new Error("The shop did not answer. Check the connection and try again.");
  }
  if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail || "That did not work. Please type.");
  return response;
}

// Words go where typed ones would, after what is there already; the page's script hears of them as of typing.
function put(words) {
  const box = document.querySelector("#chat-input");
  const value = [box.value.trim(), words].filter(Boolean).join(" ");
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, value);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

async function listen(button) {
  let sound;
  try {
    sound = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
  } catch {
    return say("The microphone can't be used. Allow it for this page, or type.");
  }
  const parts = [];
  recorder = new MediaRecorder(sound, { audioBitsPerSecond: 48000 });
  const stop = setTimeout(() => recorder?.stop(), LONGEST_MS);
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = async () => {
    clearTimeout(stop);
    for (const track of sound.getTracks()) track.stop();
    recorder = null;
    button.setAttribute("aria-pressed", "false");
    say("Writing down what you said", 0);
    try {
      const { words } = await (await asked("/chat/voice/heard", new Blob(parts))).json();
      if (words) put(words);
      say(words ? "Read it over, then send it." : "Nothing was heard. Try again, or type.");
    } catch (error) {
      say(error.message);
    }
  };
  recorder.start();
  button.setAttribute("aria-pressed", "true");
  say("Listening. Press again when you are done.", 0);
  return undefined;
}

async function read(button, turn) {
  const mine = playing?.button === button;
  playing?.audio.pause();
  playing?.button.setAttribute("aria-pressed", "false");
  playing = null;
  if (mine) return;
  button.disabled = true;
  try {
    const path = `/chat/voice/read/${encodeURIComponent(thread() ?? "")}/${encodeURIComponent(turn)}`;
    const address = URL.createObjectURL(await (await asked(path)).blob());
    const audio = new Audio(address);
    playing = { audio, button };
    button.setAttribute("aria-pressed", "true");
    audio.onended = audio.onpause = () => { URL.revokeObjectURL(address); button.setAttribute("aria-pressed", "false"); };
    await audio.play();
  } catch (error) {
    say(error.message);
  } finally {
    button.disabled = false;
  }
}

const SVG = "http://www.w3.org/2000/svg";
function made(kind, label, lines) {
  const button = document.createElement("button"), picture = document.createElementNS(SVG, "svg");
  Object.assign(button, { type: "button", className: `a-voice ${kind}`, title: label });
  for (const [name, value] of [["aria-label", label], ["aria-pressed", "false"]]) button.setAttribute(name, value);
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"]]) picture.setAttribute(name, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", lines);
  picture.append(path);
  button.append(picture);
  return button;
}

const MICROPHONE = "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4";
const SPEAKER = "M5 10v4h3l4 4V6L8 10H5ZM16 9a4 4 0 0 1 0 6";

function draw() {
  const composer = document.querySelector("#message-composer");
  if (able.has("hears") && composer && !composer.querySelector(".a-voice") && navigator.mediaDevices && window.MediaRecorder) {
    const button = made("listen", "Speak instead of typing", MICROPHONE);
    button.onclick = () => (recorder ? recorder.stop() : listen(button));
    composer.append(button);
  }
  if (!able.has("speaks")) return;
  for (const step of document.querySelectorAll('[data-step-type="assistant_message"] [id^="step-turn_"]')) {
    if (step.querySelector(".a-voice") || !step.querySelector(".message-content")) continue;
    const button = made("read", "Read aloud", SPEAKER);
    button.onclick = () => read(button, step.id.slice("step-".length));
    step.append(button);
  }
}

new MutationObserver(draw).observe(document.body, { childList: true, subtree: true });
draw();
