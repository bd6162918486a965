// One element's share of RMSNorm's sum of squares.
module pim_square_lane (
    input  logic signed [31:0] x_i,
    output logic        [63:0] square_o
);
  assign square_o = x_i * x_i;
endmodule
