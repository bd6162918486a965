// The arithmetic blocks of the ALU side by side, each with pins of its own, for a bench that compares them with the C++
// kernels input by input.
module pim_blocks_bench (
    input  logic        clk_i,
    input  logic        rst_ni,
    // 2^-t
    input  logic [15:0] exp2_t_i,
    output logic [15:0] exp2_o,
    // sine
    input  logic [31:0] phase_i,
    output logic [16:0] sine_o,
    // sat32(roundShift)
    input  logic [63:0] round_x_i,
    input  logic [17:0] round_shift_i,
    output logic [31:0] round_o,
    // exponent of a group
    input  logic [31:0] magnitude_i,
    input  logic        eight_bits_i,
    output logic [ 4:0] exponent_o,
    // scale of a head
    input  logic [31:0] below_i,
    input  logic [31:0] above_i,
    input  logic [ 4:0] kv_bits_i,
    output logic [ 4:0] head_exponent_o,
    output logic [ 3:0] head_shift_o,
    output logic [ 3:0] head_zero_o,
    // a code
    input  logic [31:0] code_x_i,
    input  logic [ 4:0] code_exponent_i,
    input  logic [ 3:0] code_zero_i,
    input  logic [ 4:0] code_bits_i,
    output logic [15:0] code_o,
    // silu(gate) * up, of two elements at a time
    input  logic        silu_valid_i,
    input  logic [63:0] gate_i,
    input  logic [63:0] up_i,
    output logic        silu_valid_o,
    output logic [63:0] silu_o,
    // RMSNorm: reciprocal root, then elements
    input  logic        norm_i,
    input  logic [79:0] squares_i,
    input  logic [31:0] eps_i,
    input  logic [16:0] count_i,
    output logic        scalar_done_o,
    output logic [48:0] inverse_o,
    input  logic [31:0] norm_x_i,
    input  logic [31:0] gain_i,
    output logic [31:0] norm_o,
    // softmax: reciprocal of a sum
    input  logic        softmax_i,
    input  logic [32:0] sum_i,
    output logic [31:0] reciprocal_o,
    // SAMPLE: tokens at the edge, weight of a distance, a logit
    input  logic        edge_i,
    input  logic [45:0] lacking_i,
    input  logic [28:0] edge_weight_i,
    output logic [17:0] at_edge_o,
    input  logic [15:0] distance_i,
    output logic [28:0] weight_o,
    input  logic [31:0] highest_i,
    input  logic [31:0] logit_i,
    input  logic [15:0] multiplier_i,
    input  logic [ 5:0] shift_i,
    input  logic [15:0] bound_i,
    output logic        near_o,
    output logic        equal_o,
    output logic [28:0] logit_weight_o
);
  pim_exp2 u_exp2 (
      .t_i(exp2_t_i),
      .y_o(exp2_o)
  );
  pim_sine u_sine (
      .phase_i(phase_i),
      .y_o    (sine_o)
  );
  pim_round_sat32 u_round (
      .x_i    (round_x_i),
      .shift_i(round_shift_i),
      .y_o    (round_o)
  );
  pim_exponent u_exponent (
      .magnitude_i (magnitude_i),
      .eight_bits_i(eight_bits_i),
      .exponent_o  (exponent_o)
  );
  pim_head_scale u_head_scale (
      .below_i   (below_i),
      .above_i   (above_i),
      .bits_i    (kv_bits_i),
      .exponent_o(head_exponent_o),
      .shift_o   (head_shift_o),
      .zero_o    (head_zero_o)
  );
  pim_quantise_lane u_quantise (
      .x_i       (code_x_i),
      .exponent_i(code_exponent_i),
      .zero_i    (code_zero_i),
      .bits_i    (code_bits_i),
      .code_o    (code_o)
  );
  logic silu_busy;
  logic [15:0] silu_tag;
  pim_silu #(
      .StreamLanes(2)
  ) u_silu (
      .clk_i  (clk_i),
      .rst_ni (rst_ni),
      .valid_i(silu_valid_i),
      .tag_i  (16'hcafe),
      .gate_i (gate_i),
      .up_i   (up_i),
      .valid_o(silu_valid_o),
      .tag_o  (silu_tag),
      .chunk_o(silu_o),
      .busy_o (silu_busy)
  );
  logic [17:0] share;  // not under test here
  logic unused_share;
  assign unused_share = ^share;
  pim_alu_scalar u_scalar (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .norm_i      (norm_i),
      .squares_i   (squares_i),
      .eps_i       (eps_i),
      .count_i     (count_i),
      .inverse_o   (inverse_o),
      .softmax_i   (softmax_i),
      .sum_i       (sum_i),
      .reciprocal_o(reciprocal_o),
      .share_i     (1'b0),
      .tokens_i    (18'd0),
      .segments_i  (8'd1),
      .share_o     (share),
      .edge_i      (edge_i),
      .lacking_i   (lacking_i),
      .weight_i    (edge_weight_i),
      .at_edge_o   (at_edge_o),
      .done_o      (scalar_done_o)
  );
  pim_norm_lane u_norm (
      .clk_i    (clk_i),
      .enable_i (1'b1),
      .used_i   (1'b1),
      .x_i      (norm_x_i),
      .gain_i   (gain_i),
      .inverse_i(inverse_o),
      .y_o      (norm_o)
  );
  pim_sample_weight u_weight (
      .distance_i(distance_i),
      .weight_o  (weight_o)
  );
  pim_sample_lane u_logit (
      .clk_i       (clk_i),
      .enable_i    (3'b111),
      .used_i      (1'b1),
      .highest_i   (highest_i),
      .logit_i     (logit_i),
      .multiplier_i(multiplier_i),
      .shift_i     (shift_i),
      .bound_i     (bound_i),
      .near_o      (near_o),
      .equal_o     (equal_o),
      .weight_o    (logit_weight_o)
  );
  assert property (@(posedge clk_i) disable iff (!rst_ni) silu_valid_o |-> silu_busy && silu_tag == 16'hcafe);
endmodule
