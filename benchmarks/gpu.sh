#!/usr/bin/env bash
# What a GPU makes of it: steps of both stages at 128 and 256 px by batch, memory, the thesis's whole schedule estimated, the input
# pipeline for each core, and serving. Prints Markdown for docs/scaling.md, and progress on stderr.
#
#     benchmarks/gpu.sh DATA > gpu.md            DATA: a data set, for instance of `tf-tryon data studio`
#     benchmarks/gpu.sh --quick DATA             tiny sizes, to try the commands on any machine
set -euo pipefail
cd "$(dirname "$0")/.."
sizes="128 256" batches="8 16 32 64" steps=20 seconds=20 clients="1 4 16" batch_sizes="1 8" chunk=8 stages="shape_thesis texture_thesis"
if [ "${1:-}" = --quick ]; then
    shift
    sizes="64" batches="2" steps=1 seconds=1 clients="1" batch_sizes="1 2" chunk=1 stages="shape_debug texture_debug"
fi
data=${1:?"usage: benchmarks/gpu.sh [--quick] DATA"}
python=${PYTHON:-python}
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
found=$kept/found models=$kept/models
for stage in $stages; do
    for size in $sizes; do
        for batch in $batches; do
            # The largest batch may not fit in the memory: then the table goes without it, and says so.
            "$python" -m benchmarks.training_step --config "$stage" --size "$size" --batch "$batch" --steps "$steps" --precision auto \
                >> "$found" || echo "{\"config\": \"$stage\", \"size\": $size, \"batch\": $batch, \"failed\": $?}" >> "$found"
        done
    done
done
"$python" -m benchmarks.gpu_table "$found"
printf '\nInput pipeline, records decoded, cropped and derived:\n\n```\n'
for size in $sizes; do
    "$python" -m benchmarks.input_pipeline "$data" --size "$size" --batch 16 --seconds "$seconds"
done
"$python" -m tf_tryon.cli.main export saved-model --chunk "$chunk" --out "$models" >&2
printf '```\n\nServing, %s sample(s) in the networks at once:\n\n```\n' "$chunk"
# shellcheck disable=SC2086
"$python" -m benchmarks.serving_load --seconds "$seconds" --clients $clients --batch $batch_sizes \
    --samples "$chunk" --models "$models"
printf '```\n'
