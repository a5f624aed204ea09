/*
 * streams.h -- the standard streams that a tool starts with.
 */
#ifndef STREAMKIT_RUN_STREAMS_H
#define STREAMKIT_RUN_STREAMS_H

/*
 * A standard stream that is closed would lend its number to the first file opened: keep the number. Dies if it is standard
 * output. To be called before any file is opened.
 */
void sk_streams_keep(void);

#endif
