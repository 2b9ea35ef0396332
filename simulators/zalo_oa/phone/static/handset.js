// One phone: its chat, its composer, and the tray of things a citizen can send.

import { bubble } from "./bubble.js";
import { clock, dayName, el, icon, post, toast } from "./dom.js";

const PLACES = [
  ["Hồ Hoàn Kiếm", "21.0287747", "105.8523535"], ["Phường Láng", "21.0228950", "105.8025390"],
  ["Xã Gia Lâm", "21.0183500", "105.9372500"], ["Phường Sơn Tây", "21.1385200", "105.5059600"],
];
const TYPING_FOR_MS = 6000;

export class Handset {
  constructor(citizen, oaName) {
    this.citizen = citizen;
    this.drawn = new Map();
    this.build(oaName);
  }

  build(oaName) {
    const initials = oaName.split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
    this.name = el("strong", {});
    this.number = el("span", {});
    this.time = el("span", {});
    this.follow = el("button", { type: "button", class: "follow", onclick: () => this.toggleFollow() });
    this.chat = el("div", { class: "chat", role: "log", tabIndex: 0 });
    this.tray = el("div", { class: "tray", hidden: true });
    this.more = el("button", { type: "button", class: "round", "aria-label": "Gửi ảnh, tệp, vị trí…", "aria-expanded": "false", onclick: () => this.toggleTray() }, icon("plus"));
    this.words = el("textarea", { rows: 1, maxLength: 5000, "aria-label": "Nội dung tin nhắn", oninput: () => this.fit(), onkeydown: (event) => this.onKey(event) });
    this.photoPicker = el("input", { type: "file", accept: "image/*", hidden: true, onchange: (event) => this.sendFile(event.target) });
    this.filePicker = el("input", { type: "file", hidden: true, onchange: (event) => this.sendFile(event.target) });
    const composer = el("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.more, this.words, el("button", { type: "submit", class: "round send", "aria-label": "Gửi" }, icon("send")), this.photoPicker, this.filePicker);
    this.element = el("article", { class: "handset" },
      el("div", { class: "owner" }, this.name, this.number),
      el("div", { class: "phone" }, el("div", { class: "screen" },
        el("div", { class: "bar" }, this.time, el("span", { class: "tag" }, "mô phỏng")),
        el("div", { class: "account" }, el("span", { class: "account-face", "aria-hidden": "true" }, initials),
          el("div", { class: "account-name" }, el("b", {}, oaName)), this.follow),
        this.chat, composer, this.tray)));
  }

  update(citizen, now) {
    this.citizen = citizen;
    this.name.textContent = citizen.name;
    this.number.textContent = `0${citizen.phone.slice(2)}`.replace(/^(\d{4})(\d{3})(\d+)$/, "$1 $2 $3");
    this.number.title = `user_id ${citizen.user_id}`;
    this.element.setAttribute("aria-label", `Điện thoại của ${citizen.name}`);
    this.chat.setAttribute("aria-label", `Tin nhắn của ${citizen.name}`);
    this.time.textContent = clock(now);
    this.follow.textContent = citizen.is_follower ? "Đang quan tâm" : "Quan tâm";
    this.follow.setAttribute("aria-pressed", String(citizen.is_follower));
    this.drawChat(now);
  }

  drawChat(now) {
    const { messages } = this.citizen;
    const wasAtEnd = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 60;
    const byId = new Map(messages.map((message) => [message.message_id, message]));
    const parts = [];
    let shownDay = "";
    for (const message of messages) {
      const today = dayName(message.sent_at);
      if (today !== shownDay) { parts.push(this.kept(`day ${today}`, today, () => el("div", { class: "day" }, today))); shownDay = today; }
      parts.push(this.kept(message.message_id, JSON.stringify(message), () =>
        bubble(this.citizen, message, byId.get(message.quote_message_id), () => this.openContact())));
    }
    if (!messages.length) parts.push(this.kept("hello", "hello", () => el("p", { class: "hello" }, "Chưa có tin nhắn. Bấm “Quan tâm” hoặc viết điều cần hỏi ở dưới.")));
    const last = messages.at(-1);
    const waits = last?.side === "citizen" && now - last.sent_at < TYPING_FOR_MS && ["pending", "delivered"].includes(last.told);
    if (waits) {
      parts.push(this.kept("typing", "typing", () => el("div", { class: "typing", role: "img", "aria-label": "Đang soạn trả lời" }, el("i"), el("i"), el("i"))));
      clearTimeout(this.typingTimer);
      this.typingTimer = setTimeout(() => this.drawChat(last.sent_at + TYPING_FOR_MS), TYPING_FOR_MS - (now - last.sent_at));
    }
    this.place(parts);
    if (wasAtEnd) this.scrollToEnd = true;
    this.settle();
  }

  // Go to the newest message when that was wanted; a phone out of sight waits until it is shown.
  settle() {
    if (!this.scrollToEnd || !this.chat.clientHeight) return;
    this.chat.scrollTop = this.chat.scrollHeight;
    this.scrollToEnd = false;
  }

  kept(key, form, make) {
    const known = this.drawn.get(key);
    if (known?.form === form) return known.element;
    const element = make();
    element.querySelectorAll("img").forEach((image) => image.addEventListener("load", () => {
      if (this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 420) this.chat.scrollTop = this.chat.scrollHeight;
    }));
    this.drawn.set(key, { form, element });
    return element;
  }

  place(parts) {
    const wanted = new Set(parts);
    for (const child of [...this.chat.children]) if (!wanted.has(child)) child.remove();
    parts.forEach((part, index) => { if (this.chat.children[index] !== part) this.chat.insertBefore(part, this.chat.children[index] ?? null); });
  }

  get unseen() {
    return this.citizen.messages.filter((message) => message.side === "oa" && !message.seen_at).map((message) => message.message_id);
  }

  fit() {
    this.words.style.height = "44px";
    this.words.style.height = `${Math.min(this.words.scrollHeight + 2, 132)}px`;
  }

  onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
  }

  async say(saying) {
    this.scrollToEnd = true;
    this.closeTray();
    await post("/say", { user_id: this.citizen.user_id, by: "page", ...saying });
  }

  async send() {
    const text = this.words.value.trim();
    if (!text) return;
    this.words.value = "";
    this.fit();
    try { await this.say({ text }); } catch { this.words.value = text; this.fit(); }
  }

  async sendFile(picker) {
    const [file] = picker.files;
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    if (picker === this.photoPicker) { form.append("caption", this.words.value.trim()); this.words.value = ""; this.fit(); }
    picker.value = "";
    this.scrollToEnd = true;
    this.closeTray();
    await post(`/phone/${encodeURIComponent(this.citizen.user_id)}/file`, form);
  }

  async toggleFollow() {
    await post("/follow", { user_id: this.citizen.user_id, following: !this.citizen.is_follower, by: "page" });
  }

  toggleTray() {
    if (!this.tray.hidden) { this.closeTray(); return; }
    const tile = (name, label, act) => el("button", { type: "button", class: "tile", onclick: act }, icon(name, 27), label);
    this.openTray(el("div", { class: "tiles" },
      tile("photo", "Chọn ảnh", () => this.photoPicker.click()),
      tile("picture", "Ảnh mẫu", () => { const text = this.words.value.trim(); this.words.value = ""; this.fit(); return this.say({ text, attachments: [{ type: "image" }] }); }),
      tile("pin", "Vị trí", () => this.openPlace()),
      tile("person", "Liên hệ", () => this.openContact()),
      tile("paper", "Chọn tệp", () => this.filePicker.click()),
      tile("paper", "Tệp mẫu", () => this.say({ attachments: [{ type: "file", name: "Đơn đề nghị.pdf" }] })),
      tile("flower", "Nhãn dán", () => this.say({ attachments: [{ type: "sticker" }] })),
      tile("erase", "Xoá dữ liệu", () => this.openWithdraw())));
  }

  openTray(content) {
    this.tray.replaceChildren(content);
    this.tray.hidden = false;
    this.more.setAttribute("aria-expanded", "true");
    this.chat.scrollTop = this.chat.scrollHeight;
  }

  closeTray() {
    this.tray.hidden = true;
    this.tray.replaceChildren();
    this.more.setAttribute("aria-expanded", "false");
  }

  sheet(title, fields, label, act) {
    const form = el("form", { class: "sheet", onsubmit: (event) => { event.preventDefault(); act(Object.fromEntries(new FormData(form))); } },
      el("h2", {}, title), ...fields,
      el("div", { class: "acts" }, el("button", { type: "button", class: "quiet", onclick: () => this.closeTray() }, "Đóng"), el("button", { type: "submit", class: "main" }, label)));
    this.openTray(form);
    form.querySelector("input, select, .main").focus();
  }

  openPlace() {
    const [, latitude, longitude] = PLACES[0];
    const box = (name, label, value) => el("label", {}, label, el("input", { name, value, required: true, inputMode: "decimal", pattern: "-?[0-9]{1,3}(\\.[0-9]+)?" }));
    const pair = el("div", { class: "pair" }, box("latitude", "Vĩ độ", latitude), box("longitude", "Kinh độ", longitude));
    const choose = el("select", { onchange: (event) => {
      const [, north, east] = PLACES[event.target.value];
      const [first, second] = pair.querySelectorAll("input");
      first.value = north; second.value = east;
    } }, ...PLACES.map(([name], index) => el("option", { value: index }, name)));
    this.sheet("Gửi vị trí", [el("label", {}, "Nơi", choose), pair], "Gửi vị trí", (told) => this.say({ attachments: [{ type: "location", ...told }] }));
  }

  openContact() {
    const { citizen } = this;
    const box = (name, label, value) => el("label", {}, label, el("input", { name, value, required: true }));
    this.sheet("Gửi thông tin liên hệ", [
      el("div", { class: "pair" }, box("name", "Họ tên", citizen.name), box("phone", "Số điện thoại (84…)", citizen.phone)),
      el("div", { class: "pair" }, box("ward", "Phường, xã", citizen.ward), box("address", "Địa chỉ", citizen.address)),
    ], "Gửi", async (contact) => {
      this.closeTray();
      await post("/act", { user_id: citizen.user_id, act: "share_contact", contact, by: "page" });
      toast("Đã gửi thông tin liên hệ.");
    });
  }

  openWithdraw() {
    this.sheet("Đòi xoá dữ liệu", [el("p", { class: "note" }, "Nền tảng báo cho cơ quan rằng người này đòi xoá mọi dữ liệu của mình (user_withdraw).")], "Đòi xoá", async () => {
      this.closeTray();
      await post("/act", { user_id: this.citizen.user_id, act: "withdraw", by: "page" });
      toast("Đã gửi yêu cầu xoá dữ liệu.");
    });
  }
}
