/** The key, and the secret where this server wants requests signed: told by the server at home, or typed and kept. */

const STORED = 'sluice-key'

export class Key {
  /** `told` is the answer of /page.json. */
  constructor(form, told, changed) {
    this.field = form.elements.key
    this.secretField = form.elements.secret
    this.changed = changed
    this.field.value = told.key ?? localStorage.getItem(STORED) ?? ''
    this.secretField.closest('label').hidden = !told.require_signature
    this.signed = told.require_signature
    this.note = form.querySelector('[data-note]')
    this.note.textContent = told.key ? 'told by the server on this machine' : 'kept in this browser'
    form.addEventListener('submit', (event) => event.preventDefault())
    this.field.addEventListener('input', () => this.keep())
  }

  get value() {
    return this.field.value.trim()
  }

  /** Key and secret to ask with; points at the field that is empty. */
  get given() {
    const missing = [this.field, ...(this.signed ? [this.secretField] : [])].find((field) => !field.value.trim())
    if (missing) {
      missing.focus()
      const what = missing === this.field ? 'key' : 'secret'
      throw new Error(`Enter the ${what} first; the server printed it when it first started, and keeps it in auth.json.`)
    }
    return { key: this.value, secret: this.signed ? this.secretField.value.trim() : undefined }
  }

  keep() {
    localStorage.setItem(STORED, this.value)
    this.changed(this.value)
  }
}
