// Weight 2^-(highest - score) of a score in Q5.11, Q1.15; zero for a lane without a score. One stage.
module pim_softmax_lane (
    input  logic        clk_i,
    input  logic        enable_i,
    input  logic        used_i,
    input  logic [31:0] highest_i,
    input  logic [31:0] score_i,
    output logic [15:0] weight_o
);
  logic [31:0] distance;
  logic [15:0] weight;
  assign distance = highest_i - score_i;  // of two signed numbers, the first the larger: 32 bits unsigned
  pim_exp2 u_exp2 (
      .t_i(|distance[31:16] ? 16'hffff : distance[15:0]),
      .y_o(weight)
  );
  always_ff @(posedge clk_i) if (enable_i) weight_o <= used_i ? weight : 16'd0;
endmodule
