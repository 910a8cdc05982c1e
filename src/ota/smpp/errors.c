/* SPDX-License-Identifier: Apache-2.0 */
/* Command status codes of SMPP and what to do about each. Station 11's facts for this bearer. Pure. [SMPP 3.4
 * 5.1.3] */
#include "ota/smpp/smpp.h"

static const struct {
    uint32_t status;
    enum smpp_class class;
    const char *name;
} codes[] = {
    {0x00, SMPP_CLASS_OK, "ESME_ROK"},
    {0x01, SMPP_CLASS_PERMANENT, "ESME_RINVMSGLEN"},
    {0x02, SMPP_CLASS_PERMANENT, "ESME_RINVCMDLEN"},
    {0x03, SMPP_CLASS_PERMANENT, "ESME_RINVCMDID"},
    {0x04, SMPP_CLASS_BIND, "ESME_RINVBNDSTS"},
    {0x05, SMPP_CLASS_BIND, "ESME_RALYBND"},
    {0x06, SMPP_CLASS_PERMANENT, "ESME_RINVPRTFLG"},
    {0x07, SMPP_CLASS_PERMANENT, "ESME_RINVREGDLVFLG"},
    {0x08, SMPP_CLASS_RETRY, "ESME_RSYSERR"},
    {0x0A, SMPP_CLASS_PERMANENT, "ESME_RINVSRCADR"},
    {0x0B, SMPP_CLASS_PERMANENT, "ESME_RINVDSTADR"},
    {0x0C, SMPP_CLASS_PERMANENT, "ESME_RINVMSGID"},
    {0x0D, SMPP_CLASS_BIND, "ESME_RBINDFAIL"},
    {0x0E, SMPP_CLASS_BIND, "ESME_RINVPASWD"},
    {0x0F, SMPP_CLASS_BIND, "ESME_RINVSYSID"},
    {0x14, SMPP_CLASS_THROTTLE, "ESME_RMSGQFUL"},
    {0x15, SMPP_CLASS_PERMANENT, "ESME_RINVSERTYP"},
    {0x33, SMPP_CLASS_PERMANENT, "ESME_RINVNUMDESTS"},
    {0x42, SMPP_CLASS_PERMANENT, "ESME_RINVSUBREP"},
    {0x43, SMPP_CLASS_PERMANENT, "ESME_RINVESMCLASS"},
    {0x45, SMPP_CLASS_PERMANENT, "ESME_RSUBMITFAIL"},
    {0x48, SMPP_CLASS_PERMANENT, "ESME_RINVSRCTON"},
    {0x49, SMPP_CLASS_PERMANENT, "ESME_RINVSRCNPI"},
    {0x50, SMPP_CLASS_PERMANENT, "ESME_RINVDSTTON"},
    {0x51, SMPP_CLASS_PERMANENT, "ESME_RINVDSTNPI"},
    {0x53, SMPP_CLASS_BIND, "ESME_RINVSYSTYP"},
    {0x58, SMPP_CLASS_THROTTLE, "ESME_RTHROTTLED"},
    {0x61, SMPP_CLASS_PERMANENT, "ESME_RINVSCHED"},
    {0x62, SMPP_CLASS_PERMANENT, "ESME_RINVEXPIRY"},
    {0x64, SMPP_CLASS_RETRY, "ESME_RX_T_APPN"},
    {0x65, SMPP_CLASS_PERMANENT, "ESME_RX_P_APPN"},
    {0x66, SMPP_CLASS_PERMANENT, "ESME_RX_R_APPN"},
    {0xC0, SMPP_CLASS_PERMANENT, "ESME_RINVOPTPARSTREAM"},
    {0xC1, SMPP_CLASS_PERMANENT, "ESME_ROPTPARNOTALLWD"},
    {0xC2, SMPP_CLASS_PERMANENT, "ESME_RINVPARLEN"},
    {0xC3, SMPP_CLASS_PERMANENT, "ESME_RMISSINGOPTPARAM"},
    {0xC4, SMPP_CLASS_PERMANENT, "ESME_RINVOPTPARAMVAL"},
    {0xFE, SMPP_CLASS_RETRY, "ESME_RDELIVERYFAILURE"},
    {0xFF, SMPP_CLASS_RETRY, "ESME_RUNKNOWNERR"},
};

enum smpp_class smpp_error_class(uint32_t status)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].status == status)
            return codes[i].class;
    return SMPP_CLASS_RETRY;
}

const char *smpp_error_name(uint32_t status)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].status == status)
            return codes[i].name;
    return "unknown";
}
