declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** Draws the document at `url` into the element of `dom_id`; the rest are settings of Swagger UI. */
  export default function SwaggerUI(settings: { url: string; dom_id: string; [setting: string]: unknown }): unknown;
}
