// Sizes of convolutions and of pooling.

/** Sizes of a convolution, as a list of 32-bit words. */
export const enum Geometry {
  Images = 0,
  Channels = 4,
  Height = 8,
  Width = 12,
  Filters = 16,
  KernelHeight = 20,
  KernelWidth = 24,
  OutHeight = 28,
  OutWidth = 32,
  StrideHeight = 36,
  StrideWidth = 40,
  Top = 44,
  Left = 48,
  DilationHeight = 52,
  DilationWidth = 56,
  Groups = 60,
}
/** Bytes of the list. */
export const GEOMETRY_BYTES: usize = 64;
