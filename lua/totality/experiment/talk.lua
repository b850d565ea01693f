--- The figures that a talk on the recognition of total eclipses by computer vision (about 2020, unpublished) showed
-- of its networks and of people who judged the same images: what the experiments repeat, and stand beside.

return {
   -- balanced accuracy and F1 of people, by noise (in units of the maximum flux) and image
   human = {
      { noise = 0, image = "100x100", balanced_accuracy = 0.98, f1 = 0.97 },
      { noise = 0, image = "250x250", balanced_accuracy = 0.96, f1 = 0.96 },
      { noise = 0, image = "350x175", balanced_accuracy = 0.97, f1 = 0.97 },
      { noise = 0.02, image = "100x100", balanced_accuracy = 0.90, f1 = 0.85 },
      { noise = 0.02, image = "250x250", balanced_accuracy = 0.88, f1 = 0.81 },
      { noise = 0.02, image = "350x175", balanced_accuracy = 0.92, f1 = 0.90 },
      { noise = 0.05, image = "100x100", balanced_accuracy = 0.85, f1 = 0.75 },
      { noise = 0.05, image = "250x250", balanced_accuracy = 0.84, f1 = 0.69 },
      { noise = 0.05, image = "350x175", balanced_accuracy = 0.85, f1 = 0.81 },
   },
   -- F1 of a commercial service (CustomVision) on generated test data; at which noise was not said
   custom_vision_f1 = 0.95,
   -- real curves: how many, how many of them total, and how many were misclassified
   kepler = { curves = 300, total = 45, errors = 10 },
   asas = { curves = 250, total = 30, errors = 23, recall = 0.10 },
}
