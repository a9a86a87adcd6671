// Every elementwise result of more than one element waits, however small.
import { setFusion } from "tapegrad";

setFusion(0);
