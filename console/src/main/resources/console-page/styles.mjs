// xterm.js styles itself by <style> elements and style attributes, which the page's policy forbids. The same by way of
// the object model is allowed: style sheets that are adopted, and an element's style object.
class AdoptedStyle extends HTMLElement {
  #sheet = new CSSStyleSheet();
  get textContent() { return ''; }
  set textContent(css) { this.#sheet.replaceSync(css); }
  connectedCallback() { document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet]; }
  disconnectedCallback() {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== this.#sheet);
  }
}
customElements.define('adopted-style', AdoptedStyle);

const create = document.createElement.bind(document);
document.createElement = (name, options) => create(name === 'style' ? 'adopted-style' : name, options);

const set = Element.prototype.setAttribute;
Element.prototype.setAttribute = function setAttribute(name, value) {
  if (name === 'style') {
    this.style.cssText = value;
  } else {
    set.call(this, name, value);
  }
};
