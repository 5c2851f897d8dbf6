// Runs before the page is drawn, so that a chosen theme does not flash; hence not a module.
(() => {
  const chosen = localStorage.getItem("voxcue-theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;

  addEventListener("DOMContentLoaded", () => {
    const root = document.documentElement;
    const button = document.getElementById("theme");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
    const show = () => {
      button.setAttribute("aria-pressed", String(isDark()));
      dispatchEvent(new Event("themechange")); // what is painted on canvas has to be painted anew
    };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      localStorage.setItem("voxcue-theme", root.dataset.theme);
      show();
    });
    system.addEventListener("change", show);
    show();
  });
})();
