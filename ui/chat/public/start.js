// What Chainlit's script finds when it starts: the shop's colours, and the one way to connect, on which nothing said is lost.
const global = globalThis;
window.transports = ["websocket"];
// What has no answer when the line breaks is said again on the next one: the shop may know nothing of it yet, and by its
// id it sees that it is the same.
let unanswered = [];  // Frames, and the line that each went over.
const heard = new WeakSet();
const send = WebSocket.prototype.send;
const is = (frame, event) => typeof frame === "string" && frame.startsWith(`42["${event}"`);
WebSocket.prototype.send = function (frame) {
  if (is(frame, "client_message")) unanswered.push({ frame, line: this });
  if (is(frame, "stop")) unanswered = [];
  if (!heard.has(this)) {
    heard.add(this);
    this.addEventListener("message", ({ data }) => {
      if (is(data, "task_end")) {
        const answered = unanswered.find(({ line }) => line === this);
        unanswered = unanswered.filter((each) => each !== answered);
      }
      if (!is(data, "window_message") || !data.includes('"aisle":"ready"')) return;
      const left = unanswered.filter(({ line }) => line !== this);
      unanswered = unanswered.filter(({ line }) => line === this);
      for (const { frame: again } of left) this.send(again);
    });
  }
  return send.call(this, frame);
};
// HSL triples, as its style sheet takes them.
window.theme = {
  light: {
    "--background": "40 43% 97%", "--foreground": "36 8% 13%", "--card": "0 0% 100%", "--card-foreground": "36 8% 13%",
    "--popover": "0 0% 100%", "--popover-foreground": "36 8% 13%", "--primary": "163 33% 27%", "--primary-foreground": "0 0% 100%",
    "--secondary": "39 33% 94%", "--secondary-foreground": "36 8% 13%", "--muted": "39 26% 93%", "--muted-foreground": "37 6% 40%",
    "--accent": "39 33% 93%", "--accent-foreground": "36 8% 13%", "--destructive": "14 52% 41%", "--destructive-foreground": "0 0% 100%",
    "--border": "39 21% 87%", "--input": "39 21% 83%", "--ring": "163 33% 27%", "--radius": "0.75rem",
    "--sidebar-background": "40 30% 95%", "--sidebar-foreground": "36 8% 20%", "--sidebar-primary": "163 33% 27%",
    "--sidebar-primary-foreground": "0 0% 100%", "--sidebar-accent": "39 26% 89%", "--sidebar-accent-foreground": "36 8% 13%",
    "--sidebar-border": "39 21% 87%", "--sidebar-ring": "163 33% 27%",
  },
  dark: {
    "--background": "36 8% 10%", "--foreground": "39 25% 91%", "--card": "36 8% 14%", "--card-foreground": "39 25% 91%",
    "--popover": "36 8% 14%", "--popover-foreground": "39 25% 91%", "--primary": "158 30% 62%", "--primary-foreground": "160 30% 8%",
    "--secondary": "36 7% 19%", "--secondary-foreground": "39 25% 91%", "--muted": "36 7% 19%", "--muted-foreground": "37 9% 66%",
    "--accent": "36 7% 20%", "--accent-foreground": "39 25% 91%", "--destructive": "14 62% 66%", "--destructive-foreground": "20 30% 8%",
    "--border": "36 7% 26%", "--input": "36 7% 30%", "--ring": "158 30% 62%", "--radius": "0.75rem",
    "--sidebar-background": "36 8% 12%", "--sidebar-foreground": "39 20% 84%", "--sidebar-primary": "158 30% 62%",
    "--sidebar-primary-foreground": "160 30% 8%", "--sidebar-accent": "36 7% 20%", "--sidebar-accent-foreground": "39 25% 91%",
    "--sidebar-border": "36 7% 22%", "--sidebar-ring": "158 30% 62%",
  },
};
// Light or dark as the device has it, until somebody chooses.
if (!localStorage.getItem("vite-ui-theme")) localStorage.setItem("vite-ui-theme", "system");
