// The catalogue: every file that registers rows.
import "./arithmetic";
import "./cast";
import "./comparison";
import "./join";
import "./matmul";
import "./movement";
import "./normalization";
import "./pick";
import "./reduction";
import "./rounding";
import "./selection";
import "./slice";
import "./softmax";
import "./transcendental";
import "./convolution";
import "./pooling";
import "./compounds";
