// Light or dark before anything is drawn: the visitor's choice, else the system's.
{
  const wanted = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const key = "tf-tryon.theme"; // a shop's own pages at the same address have keys of their own
  const choice = () => localStorage.getItem(key) ?? (wanted.matches ? "dark" : "light");
  const show = () => {
    root.dataset.theme = choice();
    document.getElementById("theme")?.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  };
  show();
  wanted.addEventListener("change", show);
  addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme").addEventListener("click", () => {
      localStorage.setItem(key, root.dataset.theme === "dark" ? "light" : "dark");
      show();
    });
  });
}
