package evaluate

import (
	"bytes"
	"image"
	_ "image/jpeg" // the two formats that guardrails take
	_ "image/png"

	"merlon.dev/merlon/internal/fault"
)

// Limits of images in one call.
const (
	MaxImages     = 20
	MaxImageBytes = 4 << 20
	MaxImagePixel = 8000 // along either side
)

// checkImages refuses what is not an image of its stated format within the limits. It reads headers only.
func checkImages(images []*ImageBlock) error {
	if len(images) > MaxImages {
		return fault.New(fault.Invalid, "The request holds %d images; at most %d are allowed.", len(images), MaxImages)
	}
	for i, img := range images {
		if len(img.Bytes) > MaxImageBytes {
			return fault.New(fault.Invalid, "Image %d has %d bytes; at most %d are allowed.", i+1, len(img.Bytes), MaxImageBytes)
		}
		config, format, err := image.DecodeConfig(bytes.NewReader(img.Bytes))
		if err != nil || format != img.Format {
			return fault.New(fault.Invalid, "Image %d is not a readable %s image.", i+1, img.Format)
		}
		if config.Width > MaxImagePixel || config.Height > MaxImagePixel {
			return fault.New(fault.Invalid, "Image %d has %d x %d pixels; at most %d x %d are allowed.", i+1, config.Width, config.Height, MaxImagePixel, MaxImagePixel)
		}
	}
	return nil
}
