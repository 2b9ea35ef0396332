// The drawer: what was posted to our webhook, the fault switches, and the account's chat console.

import { clockToTheSecond, el, number, post, toast } from "./dom.js";

const STATES = {
  pending: ["chờ gửi", "wait"], delivered: ["200", "good"], failed: ["bỏ cuộc", "bad"],
  dropped: ["bỏ mất", "bad"], unsent: ["không gửi", "bad"], discarded: ["đã bỏ", "bad"],
};

function resultOf(delivery) {
  const last = delivery.attempts.at(-1);
  if (delivery.state === "delivered") return [`200 · ${number(last.took_ms)} ms`, "good"];
  if (delivery.state === "pending" && last) return [`${last.status ?? "không trả lời"} · gửi lại ${clockToTheSecond(delivery.due_at)}`, "wait"];
  return STATES[delivery.state];
}

function attempt(tried, index) {
  const answer = tried.answer ? ` · ${tried.answer}` : "";
  return el("li", {}, `Lần ${index + 1}: ${clockToTheSecond(tried.at)} · ${tried.status ?? "–"} · ${number(tried.took_ms)} ms${answer}`);
}

export class Drawer {
  constructor() {
    this.element = document.getElementById("drawer");
    this.opener = document.getElementById("open-drawer");
    this.list = document.getElementById("webhooks");
    this.rows = new Map();
    this.opener.addEventListener("click", () => this.show(this.element.hidden));
    document.getElementById("close-drawer").addEventListener("click", () => this.show(false));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.show(false); });
    this.tabs = [...this.element.querySelectorAll("[role=tab]")];
    this.tabs.forEach((tab) => tab.addEventListener("click", () => this.choose(tab)));
    document.getElementById("clear-faults").addEventListener("click", () => fetch("/faults", { method: "DELETE" }));
    for (const box of this.element.querySelectorAll("[data-fault]")) box.addEventListener("change", () => post("/faults", { [box.dataset.fault]: Number(box.value) }));
    for (const box of this.element.querySelectorAll("[data-option]")) box.addEventListener("change", () => post("/faults", { [box.dataset.option]: box.checked }));
    for (const button of this.element.querySelectorAll("[data-act]")) button.addEventListener("click", async () => { await post("/faults", { [button.dataset.act]: true }); toast("Đã làm."); });
    this.wireConsole();
    if (location.hash === "#ben-trong") this.show(true);
  }

  show(open) {
    if (open === !this.element.hidden) return;
    this.element.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("with-drawer", open);
    if (open) this.element.querySelector("[aria-selected=true]").focus(); else this.opener.focus();
  }

  choose(chosen) {
    for (const tab of this.tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
  }

  wireConsole() {
    const form = document.getElementById("console");
    this.citizens = document.getElementById("console-citizen");
    const words = document.getElementById("console-text");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await post("/console/say", { user_id: this.citizens.value, text: words.value.trim() });
      words.value = "";
      toast("Đã gửi như cán bộ.");
    });
  }

  update(snapshot) {
    const names = new Map(snapshot.citizens.map((citizen) => [citizen.user_id, citizen.name]));
    this.drawWebhooks(snapshot.deliveries, names);
    this.drawSwitches(snapshot);
    const known = [...this.citizens.options].map((option) => `${option.value}${option.text}`).join();
    const wanted = snapshot.citizens.map((citizen) => `${citizen.user_id}${citizen.name}`).join();
    if (known !== wanted) {
      const chosen = this.citizens.value;
      this.citizens.replaceChildren(...snapshot.citizens.map((citizen) => el("option", { value: citizen.user_id }, citizen.name)));
      if (names.has(chosen)) this.citizens.value = chosen;
    }
  }

  drawWebhooks(deliveries, names) {
    document.getElementById("no-webhooks").hidden = deliveries.length > 0;
    const wanted = deliveries.map((delivery) => {
      const form = JSON.stringify([delivery.state, delivery.attempts.length, delivery.due_at, names.get(delivery.user_id)]);
      const known = this.rows.get(delivery.id);
      if (known?.form === form) return known.element;
      const element = this.row(delivery, names);
      element.querySelector("details").open = known?.element.querySelector("details").open ?? false;
      this.rows.set(delivery.id, { form, element });
      return element;
    });
    this.list.replaceChildren(...wanted);
    const shown = new Set(deliveries.map((delivery) => delivery.id));
    for (const id of this.rows.keys()) if (!shown.has(id)) this.rows.delete(id);
  }

  row(delivery, names) {
    const [result, mood] = resultOf(delivery);
    const who = names.get(delivery.user_id) ?? delivery.user_id;
    const change = (wish) => post(`/deliveries/${delivery.id}/${wish}`);
    return el("li", {}, el("details", {},
      el("summary", {}, el("span", { class: "mono" }, delivery.event_name), el("span", { class: `result ${mood}` }, result),
        el("span", { class: "who" }, `${who} · ${clockToTheSecond(delivery.made_at)}`)),
      el("pre", { tabIndex: 0 }, delivery.body + (delivery.body_bytes > 4000 ? `\n… (${number(delivery.body_bytes)} byte)` : "")),
      el("ol", { class: "tries" }, ...delivery.attempts.map(attempt)),
      delivery.state === "pending" ? el("div", { class: "acts" },
        el("button", { type: "button", class: "quiet", onclick: () => change("send-now") }, "Gửi lại ngay"),
        el("button", { type: "button", class: "quiet", onclick: () => change("discard") }, "Bỏ")) : null));
  }

  drawSwitches({ switches, options }) {
    for (const box of this.element.querySelectorAll("[data-fault]")) {
      const left = String(switches[box.dataset.fault] ?? 0);
      if (![...box.options].some((option) => option.value === left)) box.append(el("option", { value: left }, `còn ${left} lần`));
      if (document.activeElement !== box || box.value !== left) box.value = left;
      box.closest(".fault").classList.toggle("is-on", left !== "0");
    }
    for (const box of this.element.querySelectorAll("[data-option]")) box.checked = options[box.dataset.option];
  }
}
