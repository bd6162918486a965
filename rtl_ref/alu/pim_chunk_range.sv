// How far the values of a chunk reach below and above zero, as magnitudes.
module pim_chunk_range #(
    parameter int StreamLanes = 32
) (
    input  logic [32*StreamLanes-1:0] chunk_i,
    output logic [              31:0] below_o,
    output logic [              31:0] above_o
);
  // Trees of the larger of two: node 1 is the root, lane i the leaf StreamLanes + i.
  logic [64*StreamLanes-1:0] below, above;
  logic [31:0] value, left, right;
  always_comb begin
    below = '0;
    above = '0;
    value = '0;
    for (int i = 0; i < StreamLanes; i++) begin
      value = chunk_i[32*i+:32];
      if (value[31]) below[32*(StreamLanes+i)+:32] = -value;
      else above[32*(StreamLanes+i)+:32] = value;
    end
    left  = '0;
    right = '0;
    for (int n = StreamLanes - 1; n > 0; n--) begin
      left            = below[64*n+:32];
      right           = below[64*n+32+:32];
      below[32*n+:32] = left > right ? left : right;
      left            = above[64*n+:32];
      right           = above[64*n+32+:32];
      above[32*n+:32] = left > right ? left : right;
    end
  end
  assign below_o = below[63:32];
  assign above_o = above[63:32];
endmodule
