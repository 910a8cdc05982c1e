/* SPDX-License-Identifier: Apache-2.0 */
/* What an uploaded certificate file may be. Station 1. Role, without I/O. [TR-03165 4.1.6.8.2] */
#ifndef TSM_ROLE_SP_SPTSM_KEEP_CERTIFICATE_H
#define TSM_ROLE_SP_SPTSM_KEEP_CERTIFICATE_H

#include "base/bytes.h"

/* One X.509 certificate in DER to its last octet, or in PEM, where those that it comes from may follow and
 * nothing else may be: no key, in no order. */
bool certificate_is_right(struct bytes file);

#endif
