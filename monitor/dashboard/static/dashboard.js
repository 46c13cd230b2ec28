// Everything here is a convenience: each page works without it. No inline code, no eval: the policy forbids both.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  // The reader's own zone, once: times are written by the server.
  if (!/(?:^|; )zone=/.test(document.cookie)) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone) {
      document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
      if (zone !== "UTC" && /(?:^|; )zone=/.test(document.cookie) && one("time")) location.reload();
    }
  }
  const zones = one("#zones");
  if (zones && Intl.supportedValuesOf) {
    one("input[list=zones]").addEventListener("focus", () => {
      if (!zones.children.length) {
        for (const name of Intl.supportedValuesOf("timeZone")) zones.append(new Option(name, name));
      }
    }, { once: true });
  }

  // Corrections without a reload.
  const said = (form, text, wrong) => {
    const place = one("[data-said]", form.closest("[data-item]") || form) || form;
    place.textContent = text;
    place.classList.toggle("wrong", Boolean(wrong));
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-act]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      const item = form.closest("[data-item]");
      const verdict = body.get("verdict") || form.dataset.act;
      const shownAgain = verdict === "snooze" && body.get("hours") === "0";
      if (verdict === "snooze") {
        one("[name=hours]", form).value = shownAgain ? "24" : "0";
        one("button", form).textContent = shownAgain ? "Snooze" : "Show again";
      }
      if (item) item.dataset.judged = shownAgain ? "" : verdict;
      if (shownAgain) { said(form, "Shown again"); return; }
      said(form, { keep: "Kept", reject: "Rejected", "wrong-topic": "Moved", snooze: "Snoozed", undo: "Taken back" }[verdict] || "Done");
    } catch (error) {
      said(form, `Not stored: ${error.message}`, true);
    }
  });

  // Keyboard triage over the items of a list.
  const items = () => all("[data-item]");
  let at = -1;
  const move = (step) => {
    const list = items();
    if (!list.length) return;
    if (list[at]) list[at].classList.remove("current");
    at = Math.max(0, Math.min(list.length - 1, at + step));
    list[at].classList.add("current");
    list[at].scrollIntoView({ block: "nearest" });
    const link = one("a.title", list[at]);
    if (link) link.focus({ preventScroll: true });
  };
  const press = (name) => {
    const list = items(), item = list[at] || (list.length === 1 ? list[0] : null);
    // What was done last is what is taken back.
    if (item && name === "undo" && item.dataset.judged === "snooze") name = "snooze";
    const button = item && one(`[data-key="${name}"]`, item);
    if (button) button.click();
  };
  const keys = {
    j: () => move(1), k: () => move(-1), "/": () => one("#search").focus(), "?": () => one("#keys") && one("#keys").showModal(),
    o: () => { const link = items()[at] && one("a.title", items()[at]); if (link) link.click(); },
    y: () => press("keep"), n: () => press("reject"), t: () => press("wrong-topic"), s: () => press("snooze"), u: () => press("undo"),
    p: () => one("[data-pause]") && one("[data-pause]").click(), ".": () => location.reload(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // New matches: a line that says how many; the list never jumps.
  const fresh = one("[data-live]");
  if (fresh && window.EventSource) {
    let source = null;
    const text = one("[data-count]", fresh);
    const pause = one("[data-pause]", fresh.parentElement) || one("[data-pause]");
    const listen = () => {
      source = new EventSource(`/live?after=${encodeURIComponent(fresh.dataset.live)}`);
      source.addEventListener("matches", (event) => {
        const news = JSON.parse(event.data);
        if (!news.count) return;
        text.textContent = `${news.count}${news.count >= 100 ? "+" : ""} new`;
        fresh.hidden = false;
      });
    };
    const stop = () => { if (source) source.close(); source = null; };
    if (pause) {
      pause.hidden = false;
      pause.addEventListener("click", () => {
        if (source) stop(); else listen();
        pause.textContent = source ? "Pause live news" : "Resume live news";
        pause.setAttribute("aria-pressed", String(!source));
      });
    }
    listen();
    addEventListener("pagehide", stop);
  }

  // Charts become live when somebody turns to them; until then they are pictures.
  let vega = null;
  const load = () => vega || (vega = new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = document.documentElement.dataset.vega;
    script.onload = done;
    script.onerror = () => failed(new Error("the chart script did not load"));
    document.head.append(script);
  }));
  const dark = () => {
    const theme = document.documentElement.dataset.theme;
    return theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  };
  for (const figure of all("figure[data-spec]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain small explore";
    button.textContent = "Explore this chart";
    figure.append(button);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const address = figure.dataset.spec + (figure.dataset.spec.includes("?") ? "&" : "?") + `paper=${dark() ? "dark" : "light"}`;
        const [spec] = await Promise.all([fetch(address).then((answer) => answer.json()), load()]);
        const place = document.createElement("div");
        await window.vegaEmbed(place, spec, { ast: true, actions: false, defaultStyle: false, renderer: "canvas", tooltip: { disableDefaultStyle: true } });
        for (const picture of all("img", figure)) picture.remove();
        figure.prepend(place);
        button.remove();
      } catch (error) {
        button.disabled = false;
        button.textContent = `Could not load: ${error.message}`;
      }
    });
  }
})();
