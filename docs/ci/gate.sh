#!/usr/bin/env bash
# Judges the change that a CI run is about. Works on GitHub Actions, GitLab CI, Jenkins and in any
# shell: what it compares with is, in this order, BASE, what the CI system's event says, and the
# upstream's default branch. Exit codes are those of `tallystick gate`.
#
# BASE          the commit or branch to compare with
# HEAD_COMMIT   the commit to judge; by default the pull request's head, else HEAD
# STORE         where facts are kept between runs (cache this folder)
# TALLYSTICK    the program; by default the one on the PATH
# SARIF, COMMENT, CODE_QUALITY, JUNIT, JSON   also write these files
# ARGUMENTS     more arguments, separated by spaces
set -euo pipefail
unset PYTHONPATH # so that no code of the project is imported in the place of a library

tallystick=${TALLYSTICK:-tallystick}
zeros=0000000000000000000000000000000000000000

first_of() {
  local value
  for value in "$@"; do
    if [ -n "$value" ] && [ "$value" != "$zeros" ]; then
      printf '%s\n' "$value"
      return
    fi
  done
}

target=${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-${CHANGE_TARGET:-}}
base=$(first_of "${BASE:-}" "${PULL_BASE:-}" "${QUEUE_BASE:-}" "${CI_MERGE_REQUEST_DIFF_BASE_SHA:-}" \
  "${target:+origin/$target}")
pushed=$(first_of "${PUSH_BASE:-}" "${CI_COMMIT_BEFORE_SHA:-}")
# What a forced push replaced may be gone, also from the server; then the default branch is the base.
if [ -z "$base" ] && [ -n "$pushed" ]; then
  if git rev-parse --verify --quiet "$pushed^{commit}" >/dev/null ||
    git fetch --quiet origin "$pushed" >/dev/null 2>&1; then
    base=$pushed
  else
    echo "The commit before this push, $pushed, is gone." >&2
  fi
fi
# Without a base Tallystick takes the upstream's default branch and says so. A clone made by a CI
# system often does not know which that is.
if [ -z "$base" ] && ! git rev-parse --verify --quiet refs/remotes/origin/HEAD >/dev/null; then
  git remote set-head origin --auto >/dev/null 2>&1 || true
fi
head=$(first_of "${HEAD_COMMIT:-}" "${PULL_HEAD:-}" HEAD)

# A checkout that is too shallow cannot tell where the branch left its base. Fetching is tried once
# here, because a CI job may do so; Tallystick itself never does.
if [ "$(git rev-parse --is-shallow-repository)" = true ] &&
  ! git merge-base "${base:-origin/HEAD}" "$head" >/dev/null 2>&1; then
  echo "The checkout is shallow; set its fetch depth to 0 to spare this fetch." >&2
  git fetch --quiet --unshallow origin >&2 || true
fi
for commit in "$base" "$head"; do
  if [ -n "$commit" ] && ! git rev-parse --verify --quiet "$commit^{commit}" >/dev/null; then
    case $commit in
    # A clone of one branch gives no other a name by itself.
    origin/*) wanted="+refs/heads/${commit#origin/}:refs/remotes/$commit" ;;
    *) wanted=$commit ;;
    esac
    git fetch --quiet origin "$wanted" >&2 || true
  fi
done

# A partial clone lacks files, which Tallystick does not fetch either.
if git config --get-regexp '^remote\..*\.promisor$' >/dev/null; then
  echo "The clone is partial; fetch it whole (no filter) to spare this fetch." >&2
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do # folders first, then what they hold
    missing=$(git rev-list --objects --no-walk --missing=print "${base:-origin/HEAD}" "$head" \
      "$(git merge-base "${base:-origin/HEAD}" "$head")" | sed -n 's/^?//p')
    [ -n "$missing" ] || break
    printf '%s\n' "$missing" | git -c fetch.negotiationAlgorithm=noop fetch --quiet --no-tags \
      --no-write-fetch-head --recurse-submodules=no --filter=blob:none --stdin origin >&2 || break
  done
fi

arguments=(gate ${base:+--base "$base"} --head "$head" --cache "${STORE:-.tallystick-store}")
if [ -n "${GITHUB_ACTIONS:-}" ]; then arguments+=(--format github); fi
if [ -n "${SARIF:-}" ]; then arguments+=(--output "sarif=$SARIF"); fi
if [ -n "${COMMENT:-}" ]; then arguments+=(--output "markdown=$COMMENT"); fi
if [ -n "${CODE_QUALITY:-}" ]; then arguments+=(--output "gitlab=$CODE_QUALITY"); fi
if [ -n "${JUNIT:-}" ]; then arguments+=(--output "junit=$JUNIT"); fi
if [ -n "${JSON:-}" ]; then arguments+=(--output "json=$JSON"); fi
read -r -a more <<<"${ARGUMENTS:-}"

code=0
"$tallystick" "${arguments[@]}" ${more[@]+"${more[@]}"} || code=$?

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  case $code in
  0) verdict=pass ;;
  1) verdict=fail ;;
  *) verdict=could_not_judge ;;
  esac
  echo "verdict=$verdict" >>"$GITHUB_OUTPUT"
fi
exit "$code"
