/* image.c -- what decoders say. */
#include "image.h"

const char *
sk_image_strerror(enum sk_image_status status)
{
	switch (status) {
	case SK_IMAGE_OK:
		return "no error";
	case SK_IMAGE_TRUNCATED:
		return "it is cut off";
	case SK_IMAGE_NOT_OURS:
		return "it is no image of this kind of sketch";
	case SK_IMAGE_NEWER:
		return "its format is of a version that is not known";
	case SK_IMAGE_CORRUPT:
		return "its contents contradict each other";
	case SK_IMAGE_OTHER_SEED:
		return "it was made with another hash seed";
	case SK_IMAGE_UNSUPPORTED:
		return "it is of a kind that is not supported";
	case SK_IMAGE_NO_MEMORY:
		return "out of memory";
	}
	return "unknown error";
}
