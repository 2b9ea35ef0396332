// Keeps the page equal to what the simulator knows: asks, waits for news, draws, asks again.

import { Drawer } from "./drawer.js";
import { el, number, post } from "./dom.js";
import { Handset } from "./handset.js";

const phones = document.getElementById("phones");
const switcher = document.getElementById("switcher");
const line = document.getElementById("line");
const lineText = document.getElementById("line-text");
const register = document.getElementById("register");
const drawer = new Drawer();
const handsets = new Map();
let shown = null;

function show(userId) {
  shown = userId;
  for (const [id, handset] of handsets) handset.element.classList.toggle("shown", id === userId);
  for (const button of switcher.children) button.setAttribute("aria-pressed", String(button.dataset.id === userId));
  handsets.get(userId)?.settle();
  lookAtOnce();
}

function drawPhones(snapshot) {
  for (const citizen of snapshot.citizens) {
    let handset = handsets.get(citizen.user_id);
    if (!handset) {
      handset = new Handset(citizen, phones.dataset.oaName);
      handset.scrollToEnd = true;
      handsets.set(citizen.user_id, handset);
      phones.append(handset.element);
      observer.observe(handset.element);
    }
    handset.update(citizen, snapshot.now);
  }
  const here = new Set(snapshot.citizens.map((citizen) => citizen.user_id));
  for (const [id, handset] of handsets) if (!here.has(id)) { handset.element.remove(); handsets.delete(id); }
  drawSwitcher(snapshot.citizens);
  if (!here.has(shown)) show(snapshot.citizens[0]?.user_id ?? null);
}

function drawSwitcher(citizens) {
  const form = JSON.stringify(citizens.map((citizen) => [citizen.user_id, citizen.name, handsets.get(citizen.user_id).unseen.length]));
  if (switcher.dataset.form === form) return;
  switcher.dataset.form = form;
  switcher.replaceChildren(...citizens.map((citizen) => {
    const unseen = handsets.get(citizen.user_id).unseen.length;
    return el("button", { type: "button", "data-id": citizen.user_id, "aria-pressed": String(citizen.user_id === shown), onclick: () => show(citizen.user_id) },
      citizen.name.split(" ").slice(-2).join(" "), unseen ? el("span", { class: "unseen" }, String(unseen)) : null);
  }));
}

function drawLine(snapshot) {
  const last = snapshot.deliveries.find((delivery) => delivery.attempts.length)?.attempts.at(-1);
  const noAddress = line.dataset.hasAddress === "no";
  const isGood = snapshot.registered && last?.status === 200;
  line.classList.toggle("is-good", isGood);
  line.classList.toggle("is-bad", !snapshot.registered || noAddress || Boolean(last && !isGood));
  register.hidden = snapshot.registered;
  if (noAddress) lineText.textContent = "Chưa có địa chỉ webhook";
  else if (!snapshot.registered) lineText.textContent = "Webhook đã bị huỷ đăng ký";
  else if (!last) lineText.textContent = "Webhook sẵn sàng";
  else if (isGood) lineText.textContent = `Webhook đang nhận · ${number(last.took_ms)} ms`;
  else lineText.textContent = `Webhook lỗi: ${last.status ?? last.answer}`;
}

// A message counts as seen when its phone is in sight and the page is in front.
const inSight = new Set();
const observer = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) inSight.add(entry.target); else inSight.delete(entry.target);
  lookAtOnce();
}, { threshold: 0.35 });
let looking = 0;

function lookAtOnce() {
  clearTimeout(looking);
  looking = setTimeout(look, 700);
}

async function look() {
  if (document.visibilityState !== "visible") return;
  for (const handset of handsets.values()) {
    const messageIds = handset.unseen;
    if (messageIds.length && inSight.has(handset.element)) await post(`/phone/${encodeURIComponent(handset.citizen.user_id)}/seen`, { message_ids: messageIds });
  }
}

async function follow() {
  let revision = 0;
  for (;;) {
    try {
      const answer = await fetch(`/phone/snapshot?after=${revision}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const snapshot = await answer.json();
      revision = snapshot.revision;
      drawPhones(snapshot);
      drawer.update(snapshot);
      drawLine(snapshot);
      lookAtOnce();
    } catch {
      line.classList.add("is-bad");
      lineText.textContent = "Mất kết nối với máy mô phỏng, đang thử lại…";
      await new Promise((done) => { setTimeout(done, 1500); });
      revision = 0;
    }
  }
}

document.getElementById("add-citizen").addEventListener("click", async () => {
  const added = await post("/phone/citizens", {});
  const wait = setInterval(() => {
    if (!handsets.has(added.user_id)) return;
    clearInterval(wait);
    show(added.user_id);
    handsets.get(added.user_id).element.scrollIntoView({ inline: "center", block: "nearest" });
  }, 60);
});
register.addEventListener("click", () => post("/webhook/register"));
document.addEventListener("visibilitychange", lookAtOnce);
follow();
