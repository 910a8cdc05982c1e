/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the EVP implementation share. Pure. Inside base/sign only. */
#ifndef TSM_BASE_SIGN_SIGN_EVP_H
#define TSM_BASE_SIGN_SIGN_EVP_H

#include "base/sign/sign.h"

extern const struct sign_ops sign_evp_ops;

#endif
