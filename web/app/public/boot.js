// Before the first paint: the language and the colours chosen last time.
(function () {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem("bailiwick.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    var language = localStorage.getItem("bailiwick.language");
    root.lang = language === "bg" || language === "en" ? language : navigator.language.indexOf("bg") === 0 ? "bg" : "en";
  } catch (error) {
    root.lang = "en";
  }
})();
