// One message as the citizen sees it.

import { clock, el, icon, number, post, toast } from "./dom.js";

const TOLD = {
  pending: "đang gửi…", delivered: "✓✓ đã nhận", failed: "không gửi được", discarded: "không gửi được",
  dropped: "bị bỏ mất (lỗi đã bật)", unsent: "webhook chưa nối",
};
const LOST = new Set(["failed", "discarded", "dropped", "unsent"]);

const isLink = (url) => /^https?:\/\//i.test(url ?? "");
const opened = (url) => ({ href: url, target: "_blank", rel: "noopener noreferrer" });

function words(text) {
  const paragraph = el("div", { class: "words" });
  let end = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g)) {
    paragraph.append(text.slice(end, found.index), el("a", opened(found[0]), found[0]));
    end = found.index + found[0].length;
  }
  paragraph.append(text.slice(end));
  return paragraph;
}

function place(coordinates) {
  return el("div", { class: "paper" }, icon("pin", 30),
    el("span", {}, el("b", {}, "Vị trí"), el("span", { class: "mono" }, `${coordinates.latitude}, ${coordinates.longitude}`)));
}

function paper(payload) {
  const bytes = Number(payload.size);
  const size = bytes > 0 ? `${number(bytes / 1024)} kB · ` : "";
  return el("a", { class: "paper", ...opened(payload.url) }, icon("paper", 32),
    el("span", {}, el("b", {}, payload.name || "Tệp"), el("span", {}, `${size}${(payload.type || "").toUpperCase()}`)));
}

function linkRow(payload) {
  const name = payload.title || payload.description || payload.url;
  const row = el(isLink(payload.url) ? "a" : "div", { class: "link-row", ...(isLink(payload.url) ? opened(payload.url) : {}) });
  if (isLink(payload.thumbnail)) row.append(el("img", { src: payload.thumbnail, alt: "", loading: "lazy" }));
  row.append(el("span", {}, el("b", {}, name), payload.title && payload.description ? el("span", {}, payload.description) : null));
  return row;
}

function attachment(part, openContact) {
  const payload = part.payload ?? {};
  switch (part.type) {
    case "image": case "gif":
      return el("a", opened(payload.url), el("img", { class: "photo", src: payload.thumbnail || payload.url, alt: "Ảnh trong tin nhắn" }));
    case "sticker":
      return el("img", { class: "sticker", src: payload.url, alt: "Nhãn dán: cảm ơn" });
    case "file":
      return paper(payload);
    case "audio": case "video":
      return paper({ name: part.type === "audio" ? "Lời nói" : "Đoạn phim", type: part.type === "audio" ? "amr" : "mp4", url: payload.url });
    case "location":
      return place(payload.coordinates ?? {});
    case "link":
      return linkRow(payload);
    case "request_user_info": {
      const asked = el("div", {});
      if (isLink(payload.image_url)) asked.append(el("img", { class: "photo", src: payload.image_url, alt: "" }));
      asked.append(el("div", { class: "words" }, el("b", {}, payload.title || "Xin thông tin liên hệ"), payload.subtitle ? `\n${payload.subtitle}` : ""));
      asked.append(el("div", { class: "buttons" }, el("button", { type: "button", onclick: openContact }, "Gửi thông tin liên hệ")));
      return asked;
    }
    default:
      return el("div", { class: "words" }, `[${part.type}]`);
  }
}

async function press(citizen, message, button) {
  const payload = button.payload ?? {};
  switch (button.type) {
    case "oa.open.url":
      if (isLink(payload.url)) window.open(payload.url, "_blank", "noopener");
      return;
    case "oa.open.phone":
      toast(`Điện thoại thật sẽ mở bàn phím gọi ${payload.phone_code}.`);
      return;
    case "oa.open.sms":
      toast(`Điện thoại thật sẽ soạn tin nhắn tới ${payload.phone_code}: ${payload.content ?? ""}`);
      return;
    default:
      await post("/tap", { user_id: citizen.user_id, message_id: message.message_id, button: button.title, by: "page" });
  }
}

function stars(citizen, message) {
  const row = el("div", { class: "stars", role: "group", "aria-label": "Đánh giá từ 1 đến 5" });
  for (let rate = 1; rate <= 5; rate += 1) {
    row.append(el("button", {
      type: "button", "aria-label": `${rate} trên 5`,
      onclick: async () => {
        await post("/rate", { user_id: citizen.user_id, message_id: message.message_id, rate });
        [...row.children].forEach((star, place) => star.classList.toggle("given", place < rate));
        toast("Đã gửi đánh giá.");
      },
    }, "★"));
  }
  return row;
}

function under(message) {
  if (message.side === "oa") {
    const seen = message.seen_at ? "✓✓ đã xem" : "✓✓ đã tới";
    return el("div", { class: "under" }, `${clock(message.sent_at)} · ${seen}`);
  }
  const told = TOLD[message.told] ?? "✓ đã gửi";
  return el("div", { class: LOST.has(message.told) ? "under is-bad" : "under" }, `${clock(message.sent_at)} · ${told}`);
}

export function bubble(citizen, message, quoted, openContact) {
  const isTemplate = message.kind === "zns" || message.kind === "template";
  const isBare = message.attachments.length === 1 && message.attachments[0].type === "sticker";
  const box = el("div", { class: `bubble${isTemplate ? " card" : ""}${isBare ? " bare" : ""}` });
  if (isTemplate) box.append(el("div", { class: "label" }, message.template?.name ?? "Tin mẫu"));
  if (message.kind === "staff") box.append(el("div", { class: "label" }, "Cán bộ trả lời"));
  if (quoted) box.append(el("div", { class: "quote" }, quoted.text || "[tệp đính kèm]"));
  const above = message.attachments.filter((part) => part.type === "image" || part.type === "gif");
  for (const part of above) box.append(attachment(part, openContact));
  if (message.text) box.append(words(message.text));
  for (const part of message.attachments) if (!above.includes(part)) box.append(attachment(part, openContact));
  if (message.template?.kind === "rating") box.append(stars(citizen, message));
  if (message.buttons.length) {
    box.append(el("div", { class: "buttons" }, ...message.buttons.map((button) =>
      el("button", { type: "button", onclick: () => press(citizen, message, button) }, button.title))));
  }
  return el("div", { class: message.side === "citizen" ? "said mine" : "said" }, box, under(message));
}
