/**
 * Discrete Fourier transforms, named and scaled as in numpy.fft. Complex numbers are pairs of real and
 * imaginary part.
 *
 * @packageDocumentation
 */
export { fft, fft2, fftn, ifft, ifft2, ifftn } from "./complex.js";
export { hfft, ihfft, irfft, irfft2, irfftn, rfft, rfft2, rfftn } from "./real.js";
export { fftfreq, fftshift, ifftshift, rfftfreq } from "./frequencies.js";
export type { FftnOptions, FftOptions } from "./arguments.js";
export type { Complex, ComplexLike, FftNorm } from "./parts.js";
