import numpy as np
import pytest
from PIL import Image

from tf_tryon import keys
from tf_tryon.training.pictures import grid_function, save


@pytest.mark.parametrize(("stage", "columns"), [("shape", 8), ("texture", 7)])
def test_a_row_for_each_person_and_visible_pixels_are_the_photos(
    tmp_path, fake_networks, small_config, random_batch, stage, columns
):
    nets = fake_networks(small_config(stage, data__height=32, data__width=32))
    batch = random_batch(3)
    grid = grid_function(nets)(batch)
    assert grid.shape == (3 * 32, columns * 32, 3)
    assert grid.dtype == np.uint8
    photo = np.rint(batch[keys.PHOTO].numpy() * 127.5 + 127.5)
    np.testing.assert_array_equal(grid[:32, :32], photo[0])
    np.testing.assert_array_equal(grid[8:24, 36:60], 128)  # erased
    first = grid[:32, 64:96]  # the truth, or texture's reconstruction
    for column in range(3, columns):
        made = grid[:32, 32 * column : 32 * column + 32]
        np.testing.assert_array_equal(made[:8], (photo[0] if stage == "texture" else first)[:8])
    save(grid, str(tmp_path / "grid.png"))
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "grid.png")), grid)
