/**
 * The long-lived machine behind a socket, and its client.
 *
 * @packageDocumentation
 */
export {};
