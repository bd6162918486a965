// Weight 2^-distance of a token, Q4.28: finer than the softmax of attention, for the tail of a large vocabulary.
// Combinational.
module pim_sample_weight (
    input  logic [15:0] distance_i,  // Q5.11
    output logic [28:0] weight_o
);
  logic [15:0] fraction;
  pim_exp2_fraction u_fraction (
      .t_i(distance_i[10:0]),
      .y_o(fraction)
  );
  assign weight_o = {fraction, 13'd0} >> distance_i[15:11];
endmodule
