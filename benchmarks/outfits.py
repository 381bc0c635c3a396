"""Compatibility on real outfits: fill in the blank of four and AUC, of the model, of its parts, and of histograms.

    python benchmarks/outfits.py --data ccp [--model street] [--count 100]

Each line is a measure with its 95 % interval over people of the split "test"; by chance .25 and .5.
"""

import argparse
import json


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default="street")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--garments", default="top,bottom")
    parser.add_argument("--json", default="", help="file to write the figures to as well")
    options = parser.parse_args()

    from tf_tryon import quiet

    quiet.import_tensorflow()
    from tf_tryon.data.records import open_records
    from tf_tryon.evaluation import bootstrap
    from tf_tryon.evaluation.compatibility import auc, choice_scores, fill_in_the_blank
    from tf_tryon.inference.tryon import TryOn
    from tf_tryon.shop.outfits import histogram_scores, one_outline_scores

    records, model = open_records(options.data), TryOn.load(options.model)
    figures = {}
    for garment in options.garments.split(","):
        scores = {"colour histograms": histogram_scores(records, model.texture.config, garment, options.count)}
        stages = [stage for stage in (model.shape, model.texture) if stage is not None]
        for stage in stages:
            name = f"{stage.config.stage} stage"
            scores[name] = choice_scores(stage.networks, records, stage.config, garment, options.count)
        scores["the model"] = sum(scores[f"{stage.config.stage} stage"] for stage in stages)
        cloth = one_outline_scores(model.texture.networks, records, model.texture.config, garment, options.count)
        scores["texture stage, cloth in one outline"] = cloth
        for name, values in scores.items():
            shown = []
            for measure, function in (("fill in the blank", fill_in_the_blank), ("AUC", auc)):
                estimate = bootstrap.mean(function(values))
                shown.append(f"{measure} {estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})")
                figures[f"{garment}, {name}, {measure}"] = estimate.to_dict()
            print(f"{garment}, {name}: {', '.join(shown)}, {estimate.people} people", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
