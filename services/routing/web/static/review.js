// The keys of the review page: conveniences only, each of them is a button that works without this file.
(() => {
  "use strict";
  // Whoever holds a key, or presses it once too often, must not decide a case he has not seen.
  const FIRST_LOOK_MS = 400;
  setTimeout(() => { document.body.dataset.ready = "1"; }, FIRST_LOOK_MS);

  const field = (at) => at.closest("input, textarea, select, [contenteditable]");
  const pressable = (at) => at.closest("a, button, summary");
  const dialog = document.getElementById("keys");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || (dialog && dialog.open) || !document.body.dataset.ready) return;
    const form = event.target.closest("[data-enter]");
    if (form && event.key === "Enter" && event.target.matches("select")) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (field(event.target) || (event.key === "Enter" && pressable(event.target))) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const wanted = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (!wanted || wanted.disabled) return;
    event.preventDefault();
    if (!wanted.matches("summary")) return wanted.click();
    const details = wanted.parentElement;
    details.open = true;
    details.querySelector("input:checked, input[type=radio]").focus();
    details.scrollIntoView({ block: "nearest" });
  });

  for (const form of document.querySelectorAll("[data-undo]")) {
    const until = form.querySelector(".until");
    const button = form.querySelector("button");
    let left = Number(form.dataset.seconds);
    const tick = setInterval(() => {
      left -= 1;
      if (left > 0) {
        until.textContent = `Có hiệu lực sau ${left} giây.`;
        return;
      }
      clearInterval(tick);
      until.textContent = "Hết thời gian hoàn tác.";
      button.disabled = true;
      button.hidden = true;
    }, 1000);
  }
})();
