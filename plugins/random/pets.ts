/** Names such as `brave-calm-otter`. */
import { randomInt } from "node:crypto";

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

const adverbs = words(`
  briefly calmly clearly deeply duly early evenly fairly firmly fondly freely gently gladly greatly jointly
  justly keenly kindly lightly merely mildly neatly nicely openly partly plainly quietly rarely readily safely
  simply slowly softly surely swiftly truly vastly warmly widely wisely
`);
const adjectives = words(`
  able amber apt bold brave bright brisk calm clean clear clever cosmic cozy crisp deft eager fair fast fine
  firm fond free fresh gentle glad golden good grand happy humble jolly keen kind light lively loyal lucky
  merry mild modest neat noble patient polite proud quick quiet rapid ready regal rich sage sharp silver smart
  solid steady sturdy sunny sweet swift tidy true warm wise witty
`);
const animals = words(`
  ant badger bat bear beaver bee bison boar buck camel cat cod crab crane cricket crow deer dingo dog dove
  duck eagle eel elk falcon fawn ferret finch fox frog gecko goat goose gull hare hawk heron horse ibex jackal
  jay koala lamb lark lemur lion llama lynx mole moose moth mouse newt otter owl ox panda perch pig puma quail
  rabbit raven robin seal shrew snail stork swan tapir tern tiger toad trout viper wasp weasel whale wolf
  wombat wren yak zebra
`);

/** `length` words: an animal, an adjective before it, adverbs before that. */
export function petName(length: number, separator: string): string {
  const drawn = Array.from({ length }, (_, at) => {
    const fromEnd = length - at;
    return draw(fromEnd === 1 ? animals : fromEnd === 2 ? adjectives : adverbs);
  });
  return drawn.join(separator);
}

function draw(from: readonly string[]): string {
  return from[randomInt(from.length)] ?? "";
}
