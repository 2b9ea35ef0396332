// Conveniences only: every page works without this file.
(() => {
  "use strict";
  const typing = (at) => at.closest("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll(".row")];

  // j, k: to the next or previous case; beside an open case it opens, in a bare list it is chosen.
  const go = (by) => {
    const beside = document.querySelector(by > 0 ? "[data-next]" : "[data-previous]");
    if (beside) return beside.click();
    const all = rows();
    const here = all.findIndex((row) => row === document.activeElement || row.hasAttribute("aria-current"));
    const there = all[here < 0 ? 0 : here + by];
    if (!there) return;
    if (document.body.classList.contains("reading")) there.click();
    else there.focus();
  };
  const main = () => {
    const action = document.querySelector("[data-main]");
    if (!action) return;
    action.scrollIntoView({ block: "center" });
    const field = action.form && [...action.form.elements].find((one) => one.willValidate && one.type !== "hidden" && !one.matches("button"));
    (field || action).focus();
  };
  const keys = document.getElementById("keys");
  const help = () => keys && !keys.open && keys.showModal();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || (keys && keys.open)) return;
    const act = { j: () => go(1), k: () => go(-1), a: main, "?": help, "/": () => document.getElementById("q")?.focus() }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", help);
  }

  document.querySelector(".row[aria-current]")?.scrollIntoView({ block: "nearest" });
  document.querySelector(".filters [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.querySelector(".errors[tabindex]")?.focus();

  // A form goes out once, however often its button is pressed; coming back to the page frees it again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // What is being typed is kept on the server every few seconds, and once more when the page is left.
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const told = form.querySelector("[data-kept]");
    let kept = new URLSearchParams(new FormData(form)).toString();
    let timer = 0;
    const send = async (leaving) => {
      const body = new URLSearchParams(new FormData(form));
      if (body.toString() === kept) return;
      try {
        const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: leaving, redirect: "error" });
        if (answer.ok) {
          kept = body.toString();
          told.textContent = `Đã giữ nội dung đang viết lúc ${new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })}, chưa lưu thành dự thảo.`;
        } else {
          told.textContent = "Chưa giữ được nội dung đang viết. Ông/bà nên bấm Lưu dự thảo.";
        }
      } catch {
        told.textContent = "Mất kết nối, chưa giữ được nội dung đang viết.";
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(send, 2500, false);
    });
    let sending = false;
    form.addEventListener("submit", () => {
      sending = true;
      clearTimeout(timer);
    });
    window.addEventListener("pagehide", () => sending || send(true));
  }
})();
