/** Fills the templates in `templates/`. `name` is the file without `.hbs`: `comment/review`. Every value is escaped as Markdown. */
export interface Words {
  write(name: string, view: object): string
}
