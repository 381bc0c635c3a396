"""Parsing at the photo's resolution: crisp labels from the finer raster, without specks."""

import numpy as np

from tf_tryon.data.studio.compiled import compiled


@compiled
def _majority(fine: np.ndarray, size: int) -> np.ndarray:  # pragma: no cover - compiled
    out = np.empty((size, size), np.uint8)
    for row in range(size):
        for column in range(size):
            best, votes = np.uint8(0), 0
            for i in range(4):
                label = fine[2 * row + i // 2, 2 * column + i % 2]
                count = 0
                for j in range(4):
                    count += fine[2 * row + j // 2, 2 * column + j % 2] == label
                # at a tie the person wins over the background: thin parts stay connected
                if count > votes or (count == votes and best == 0):
                    best, votes = label, count
            out[row, column] = best
    return out


def halve_labels(fine: np.ndarray) -> np.ndarray:
    """(2S, 2S) uint8 labels -> (S, S) uint8: the commonest of each 2 x 2 block, ties to the person's."""
    return _majority(fine, fine.shape[0] // 2)


@compiled
def _despeckle(labels: np.ndarray, least: int) -> np.ndarray:  # pragma: no cover - compiled
    height, width = labels.shape
    out = labels.copy()
    seen = np.zeros((height, width), np.bool_)
    stack = np.empty((height * width, 2), np.int32)
    votes = np.zeros(256, np.int32)
    for row in range(height):
        for column in range(width):
            if seen[row, column]:
                continue
            label = labels[row, column]
            stack[0, 0], stack[0, 1] = row, column
            seen[row, column] = True
            count, head = 1, 0
            votes[:] = 0
            while head < count:
                y, x = stack[head]
                head += 1
                for k in range(4):
                    ny = y + (k == 0) - (k == 1)
                    nx = x + (k == 2) - (k == 3)
                    if 0 <= ny < height and 0 <= nx < width:
                        if labels[ny, nx] != label:
                            votes[out[ny, nx]] += 1
                        elif not seen[ny, nx]:
                            seen[ny, nx] = True
                            stack[count, 0], stack[count, 1] = ny, nx
                            count += 1
            if count < least and votes.max() > 0:
                winner = np.uint8(np.argmax(votes))
                for k in range(count):
                    out[stack[k, 0], stack[k, 1]] = winner
    return out


def despeckle(labels: np.ndarray, least: int) -> np.ndarray:
    """Labels (H, W) uint8 without specks: parts under `least` pixels take their commonest neighbour's."""
    return _despeckle(labels, least)
