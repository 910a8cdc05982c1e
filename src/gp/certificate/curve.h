/* SPDX-License-Identifier: Apache-2.0 */
/* Curves as certificates name them: key parameter references of GlobalPlatform, object identifiers of X.509.
 * Stations 5 and 7. Pure. [GPCS Table B-2, AmdF 6.2.1.1] */
#ifndef TSM_GP_CERTIFICATE_CURVE_H
#define TSM_GP_CERTIFICATE_CURVE_H

#include "base/ec/ec.h"

/* UNSUPPORTED for a curve that is not spoken here: the twisted brainpool curves, P-521, a card's own. */
enum tsm_err curve_of_reference(struct bytes reference, enum ec_curve *out);
enum tsm_err curve_of_oid(struct bytes oid, enum ec_curve *out);
/* The one octet of the reference, borrowed for ever; empty for no curve. */
struct bytes curve_reference(enum ec_curve curve);

#endif
