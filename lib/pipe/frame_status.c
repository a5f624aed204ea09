/* frame_status.c -- what a reader of frames says, in words. */
#include "frame.h"

const char *
sk_frame_strerror(enum sk_frame_status status)
{
	switch (status) {
	case SK_FRAME_OK:
		return "no error";
	case SK_FRAME_MORE:
		return "more bytes are needed";
	case SK_FRAME_CUT:
		return "the stream is cut off: it has no END";
	case SK_FRAME_FOREIGN:
		return "not a streamkit stream";
	case SK_FRAME_CHECKSUM:
		return "a frame's checksum is wrong";
	case SK_FRAME_NEWER:
		return "it takes a newer version to read this stream";
	case SK_FRAME_CORRUPT:
		return "a frame contradicts itself";
	case SK_FRAME_NO_ZSTD:
		return "compressed with zstd, which this build cannot read";
	case SK_FRAME_NO_MEMORY:
		return "out of memory";
	}
	return "unknown error";
}
