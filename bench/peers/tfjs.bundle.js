// What has to be bundled: the Node entry of tfjs-core registers no gradients, and the file that
// does is an ES module in a CommonJS package.
export * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-cpu";
export * as wasm from "@tensorflow/tfjs-backend-wasm";
