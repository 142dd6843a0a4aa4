// Installed by `tallystick init --agents`: tells the agent what to fix after each edit.
import { spawnSync } from "node:child_process"

export const Tallystick = async ({ directory, worktree }) => {
  const edited = new Map()

  const judged = (path) => {
    const event = { hook_event_name: "tool.execute.after", tool_input: { file_path: path }, cwd: directory }
    const done = spawnSync("tallystick", ["hook", "opencode"], {
      input: JSON.stringify(event), cwd: worktree || directory, encoding: "utf8",
    })
    if (done.error || done.status) {
      return `Tallystick could not judge this: ${done.error ? done.error.message : done.stderr}`
    }
    return done.stdout
  }

  return {
    "tool.execute.before": async (input, output) => {
      if (["edit", "write"].includes(input.tool)) edited.set(input.callID, output.args.filePath)
    },
    "tool.execute.after": async (input, output) => {
      const path = edited.get(input.callID)
      edited.delete(input.callID)
      const said = path ? judged(path) : ""
      if (said) output.output += `\n\n${said}`
    },
  }
}
