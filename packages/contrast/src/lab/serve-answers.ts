import type { WorkerPort } from "@ringzero/host";
import type { AnswerMessage, AnswersData, Ask } from "./answers-messages.ts";
import { answerOf, messageOf } from "./answers.ts";

/** The whole work of the worker that a student's functions run on: loads their module, calls one after the other, says what each returned. It counts nothing and judges nothing. */
export async function serveAnswers(port: WorkerPort): Promise<void> {
  const say = (message: AnswerMessage): void => port.post(message), { answers } = port.data as AnswersData;
  let module: { readonly default?: unknown };
  try {
    module = (await import(/* @vite-ignore */ answers)) as { readonly default?: unknown };
  } catch (error) {
    say({ kind: "unreadable", message: messageOf(error) });
    return;
  }
  port.onMessage((message) => {
    const { question, experiment } = message as Ask;
    say({ kind: "answer", answer: answerOf(module.default ?? module, question, experiment) });
  });
  say({ kind: "loaded" });
}
