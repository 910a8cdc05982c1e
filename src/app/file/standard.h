/* SPDX-License-Identifier: Apache-2.0 */
/* Standard input, output and error of the programs: there when a program begins, written when it ends. Edge.
 * [POSIX] */
#ifndef TSM_APP_FILE_STANDARD_H
#define TSM_APP_FILE_STANDARD_H

#include "base/error.h"

/* The descriptors 0 to 2 that the caller closed become /dev/null, from which nothing is read and into which
 * nothing can be written: else the first file or connection that is opened gets their number, and what the
 * program says is written into it. IO where that cannot be had. */
enum tsm_err standard_hold(void);
/* Everything said on standard output is written. IO with the system's reason when it is not: a full disk, a
 * descriptor that takes nothing. */
enum tsm_err standard_flush(void);

#endif
