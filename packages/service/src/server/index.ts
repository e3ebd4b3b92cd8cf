/**
 * The machine's end of the socket.
 *
 * @packageDocumentation
 */
export { Service, type ServiceOptions } from "./service.ts";
