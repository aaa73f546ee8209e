// Opens what is in a frame in a tab, in one step: the tab does not see the frame's cookie, so it takes a ticket along.
// Without this script the form leads to a page with a button that does the same.

const form = document.querySelector("form[data-open-tab]");

async function openTab(next) {
  const headers = { accept: "application/json" };
  // An empty form: without a body there would be no content type.
  const answer = await fetch(form.action, { method: "POST", headers, body: new URLSearchParams() });
  if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
  const { action, ticket } = await answer.json();
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = action;
  sent.target = "_blank";
  for (const [name, value] of Object.entries({ ticket, next })) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    sent.append(field);
  }
  document.body.append(sent);
  sent.submit();
  sent.remove();
}

// A link of this share, without the key that its path may begin with; null for every other link.
function pathInShare(link) {
  const url = new URL(link.href, location.href);
  const path = url.pathname.replace(/^\/e\/[^/]+/, "");
  const share = new URL(form.action).pathname.replace(/^\/e\/[^/]+/, "").replace(/\/open$/, "");
  const inside = url.host === location.host && (path === share || path.startsWith(`${share}/`));
  return inside && !path.startsWith(`${share}/files/`) ? path + url.search : null;
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // The plain way is always there.
    openTab(form.elements.next.value).catch(() => form.submit());
  });

  const follow = (event) => {
    const wantsTab = event.type === "auxclick" ? event.button === 1 : event.ctrlKey || event.metaKey;
    const link = wantsTab && event.target.closest("a[href]");
    const next = link && pathInShare(link);
    if (!next) return;
    event.preventDefault();
    openTab(next).catch(() => window.open(link.href, "_blank", "noopener"));
  };
  document.addEventListener("click", follow);
  document.addEventListener("auxclick", follow);
}
