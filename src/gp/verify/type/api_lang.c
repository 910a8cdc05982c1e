/* SPDX-License-Identifier: Apache-2.0 */
/* What java.lang and javacard.framework export, as tables. Station 4. Pure. Tokens and types are those of the
 * export files of Java Card 2.2.2 to 3.0.5 as public converter listings and tools show them; an export file
 * that is given comes first. A member that stands here in no row is not known, which is told (CAP-38).
 * [JCVM 4.3] */
#include "gp/verify/type/api.h"

#define EXCEPTION "c0()V"

const struct api_row api_lang[] = {
    {0, "", "java/lang/Object", "", "c0()V v0(Ljava/lang/Object;)Z"},
    {1, "", "java/lang/Throwable", "java/lang/Object", EXCEPTION},
    {2, "", "java/lang/Exception", "java/lang/Throwable", EXCEPTION},
    {3, "", "java/lang/RuntimeException", "java/lang/Exception", EXCEPTION},
    {4, "", "java/lang/IndexOutOfBoundsException", "java/lang/RuntimeException", EXCEPTION},
    {5, "", "java/lang/ArrayIndexOutOfBoundsException", "java/lang/IndexOutOfBoundsException", EXCEPTION},
    {6, "", "java/lang/NegativeArraySizeException", "java/lang/RuntimeException", EXCEPTION},
    {7, "", "java/lang/NullPointerException", "java/lang/RuntimeException", EXCEPTION},
    {8, "", "java/lang/ClassCastException", "java/lang/RuntimeException", EXCEPTION},
    {9, "", "java/lang/ArithmeticException", "java/lang/RuntimeException", EXCEPTION},
    {10, "", "java/lang/SecurityException", "java/lang/RuntimeException", EXCEPTION},
    {11, "", "java/lang/ArrayStoreException", "java/lang/RuntimeException", EXCEPTION},
    {0, NULL, NULL, NULL, NULL},
};

#define REASON   "c0(S)V s1(S)V v1()S v2(S)V"
#define RUNTIME  "javacard/framework/CardRuntimeException"
#define AID_TYPE "Ljavacard/framework/AID;"

const struct api_row api_framework[] = {
    {0, "i", "javacard/framework/ISO7816", "java/lang/Object", ""},
    {1, "i", "javacard/framework/PIN", "java/lang/Object", "v0([BSB)Z v1()B v2()Z v3()V"},
    {2, "i", "javacard/framework/Shareable", "java/lang/Object", ""},
    {3, "a", "javacard/framework/Applet", "java/lang/Object",
     "+c0()V s1([BSB)V s2()Z +v1()V +v2([BSB)V +v3()Z v4()V v5(" AID_TYPE
     "B)Ljavacard/framework/Shareable; v6()Z v7(Ljavacard/framework/APDU;)V"},
    {4, "", "javacard/framework/CardException", "java/lang/Exception", REASON},
    {5, "", RUNTIME, "java/lang/RuntimeException", REASON},
    {6, "", "javacard/framework/AID", "java/lang/Object",
     "c0([BSB)V v1(" AID_TYPE ")Z v2([BSB)Z v3([BS)B v4([BSB)Z v5(S[BSB)B"},
    {7, "", "javacard/framework/ISOException", RUNTIME, REASON},
    {8, "f", "javacard/framework/JCSystem", "java/lang/Object",
     "s0()V s1()V s2()V s3()" AID_TYPE " s4(" AID_TYPE "B)Ljavacard/framework/Shareable; s5()S s6()" AID_TYPE
     " s7()B s8()S s9()S s10(Ljava/lang/Object;)B s11([BSB)" AID_TYPE
     " s12(SB)[Z s13(SB)[B s14(SB)[Ljava/lang/Object; s15(SB)[S s16(B)S s17()Z s18()V s19()B s20(" AID_TYPE
     ")Z s21(BS)Ljava/lang/Object; s22([SSB)V"},
    {9, "", "javacard/framework/OwnerPIN", "java/lang/Object javacard/framework/PIN",
     "c0(BB)V v1([BSB)Z v2()B +v3()Z v4()Z v5()V v6()V +v7(Z)V v8([BSB)V"},
    {10, "f", "javacard/framework/APDU", "java/lang/Object",
     "s0()S s1()S s2()B s3()V s4()Ljavacard/framework/APDU; s5()[B s6()B v1()[B v2()B v3(S)S v4(SS)V "
     "v5([BSS)V "
     "v6()S v7()S v8(SS)V v9(S)V v10()S v11()B v12()Z v13()Z v14()Z v15()S v16()S v17()Z"},
    {11, "", "javacard/framework/PINException", RUNTIME, REASON},
    {12, "", "javacard/framework/APDUException", RUNTIME, REASON},
    {13, "", "javacard/framework/SystemException", RUNTIME, REASON},
    {14, "", "javacard/framework/TransactionException", RUNTIME, REASON},
    {15, "", "javacard/framework/UserException", "javacard/framework/CardException",
     "c0()V c1(S)V s2(S)V v1()S v2(S)V"},
    {16, "", "javacard/framework/Util", "java/lang/Object",
     "s0([BS[BSS)B s1([BS[BSS)S s2([BS[BSS)S s3([BSSB)S s4([BS)S s5(BB)S s6([BSS)S s7([BSSB)S"},
    {17, "i", "javacard/framework/MultiSelectable", "java/lang/Object", "v0(Z)Z v1(Z)V"},
    {18, "i", "javacard/framework/AppletEvent", "java/lang/Object", "v0()V"},
    {19, "i", "javacard/framework/OwnerPINx", "javacard/framework/PIN",
     "v0([BSB)Z v1()B v2()Z v3()V v4([BSB)V v5()B v6(B)V v7(B)V"},
    {20, "i", "javacard/framework/OwnerPINxWithPredecrement", "javacard/framework/OwnerPINx",
     "v0([BSB)Z v1()B v2()Z v3()V v4([BSB)V v5()B v6(B)V v7(B)V v8()B"},
    {21, "f", "javacard/framework/OwnerPINBuilder", "java/lang/Object", "s0(BBB)Ljavacard/framework/PIN;"},
    {22, "f", "javacard/framework/SensitiveArrays", "java/lang/Object",
     "s0(Ljava/lang/Object;)V s1(Ljava/lang/Object;)Z s2()Z s3(BBS)Ljava/lang/Object; "
     "s4(Ljava/lang/Object;)S"},
    {0, NULL, NULL, NULL, NULL},
};
