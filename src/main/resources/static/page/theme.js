// Runs before anything is drawn, so that a dark page does not begin as a light flash.
(() => {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
})();
