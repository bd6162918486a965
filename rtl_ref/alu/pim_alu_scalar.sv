`include "pim_assert.svh"
// The serial arithmetic of a row, on one divider:
//   RMSNorm: floor(ss / n) + eps is floor((ss + eps * n) / n); its digits go straight into the square root, whose
//   root then divides 2^56. Softmax: 2^46 over the sum of the weights; and, once for a command, tokens over segments.
//   SAMPLE: the weight that the nucleus lacks over that of a token at its edge.
module pim_alu_scalar (
    input  logic        clk_i,
    input  logic        rst_ni,
    // RMSNorm
    input  logic        norm_i,
    input  logic [79:0] squares_i,
    input  logic [31:0] eps_i,
    input  logic [16:0] count_i,
    output logic [48:0] inverse_o,
    // softmax
    input  logic        softmax_i,
    input  logic [32:0] sum_i,
    output logic [31:0] reciprocal_o,
    // share of the tokens
    input  logic        share_i,
    input  logic [17:0] tokens_i,
    input  logic [ 7:0] segments_i,
    output logic [17:0] share_o,
    // tokens at the edge of a nucleus
    input  logic        edge_i,
    input  logic [45:0] lacking_i,
    input  logic [28:0] weight_i,
    output logic [17:0] at_edge_o,
    // all
    output logic        done_o
);
  localparam int RootTail = 8;  // steps of the root for the 16 zeros below the mean
  // Constants, not an enum: Icarus 11 gives the values of an enum's names an unknown bit.
  localparam logic [2:0] Idle = 3'd0;
  localparam logic [2:0] Mean = 3'd1;
  localparam logic [2:0] Root = 3'd2;
  localparam logic [2:0] Inverse = 3'd3;
  localparam logic [2:0] Single = 3'd4;
  logic [2:0] state_q;
  logic [3:0] tail_q;

  logic start, divider_done, digit_valid;
  logic [39:0] first_remainder, divisor, root;
  logic [63:0] dividend, quotient;
  logic [5:0] steps;
  logic [1:0] digit;
  pim_divider #(
      .Width(64),
      .DivisorBits(40)
  ) u_divider (
      .clk_i        (clk_i),
      .rst_ni       (rst_ni),
      .start_i      (start),
      .remainder_i  (first_remainder),
      .dividend_i   (dividend),
      .divisor_i    (divisor),
      .steps_i      (steps),
      .digit_valid_o(digit_valid),
      .digit_o      (digit),
      .done_o       (divider_done),
      .quotient_o   (quotient)
  );
  pim_square_root #(
      .RootBits(40)
  ) u_root (
      .clk_i     (clk_i),
      .rst_ni    (rst_ni),
      .clear_i   (norm_i),
      .step_i    ((state_q == Mean && digit_valid) || (state_q == Root && tail_q != '0)),
      .radicand_i(state_q == Mean ? digit : 2'b00),
      .root_o    (root)
  );

  logic root_done;
  logic [79:0] numerator;
  logic [63:0] inverse_numerator, softmax_numerator;
  assign root_done         = state_q == Root && tail_q == '0;
  assign numerator         = squares_i + 80'(eps_i) * 80'(count_i);
  assign inverse_numerator = (64'd1 << 56) + {25'd0, root[39:1]};
  assign softmax_numerator = (64'd1 << 46) + {32'd0, sum_i[32:1]};
  always_comb begin
    start           = norm_i || softmax_i || share_i || edge_i || root_done;
    first_remainder = '0;
    dividend        = '0;
    divisor         = '0;
    steps           = '0;
    if (norm_i) begin  // 64 bits: the mean is below 2^63
      first_remainder = {24'd0, numerator[79:64]};
      dividend        = numerator[63:0];
      divisor         = {23'd0, count_i};
      steps           = 6'd32;
    end else if (softmax_i) begin  // 32 bits: the sum is 2^15 or more
      first_remainder = {8'd0, softmax_numerator[63:32]};
      dividend        = {softmax_numerator[31:0], 32'd0};
      divisor         = {7'd0, sum_i};
      steps           = 6'd16;
    end else if (share_i) begin
      dividend = {tokens_i, 46'd0};
      divisor  = {32'd0, segments_i};
      steps    = 6'd9;
    end else if (edge_i) begin  // 18 bits: no more than there are tokens
      first_remainder = {12'd0, lacking_i[45:18]};
      dividend        = {lacking_i[17:0], 46'd0};
      divisor         = {11'd0, weight_i};
      steps           = 6'd9;
    end else begin  // 50 bits: the root is 2^8 or more
      first_remainder = {26'd0, inverse_numerator[63:50]};
      dividend        = {inverse_numerator[49:0], 14'd0};
      divisor         = root;
      steps           = 6'd25;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
      tail_q  <= '0;
    end else begin
      case (state_q)
        Idle: begin
          if (norm_i) state_q <= Mean;
          else if (softmax_i || share_i || edge_i) state_q <= Single;
        end
        Mean: begin
          tail_q <= 4'(RootTail);
          if (divider_done) state_q <= Root;
        end
        Root: begin
          tail_q <= tail_q - 1'b1;
          if (root_done) state_q <= Inverse;
        end
        Inverse, Single: if (divider_done) state_q <= Idle;
        default: state_q <= Idle;
      endcase
    end
  end
  assign done_o       = divider_done && (state_q == Inverse || state_q == Single);
  assign inverse_o    = quotient[48:0];
  assign reciprocal_o = quotient[31:0];
  assign share_o      = quotient[17:0];
  assign at_edge_o    = quotient[17:0];

`ifdef PIM_ASSERTIONS
  assert property (@(posedge clk_i) disable iff (!rst_ni) norm_i || softmax_i || share_i || edge_i |-> state_q == Idle);
  // What is cut off was zero.
  assert property (@(posedge clk_i) disable iff (!rst_ni) done_o && state_q == Inverse |-> quotient[63:49] == '0);
  assert property (@(posedge clk_i) disable iff (!rst_ni) done_o && state_q == Single |-> quotient[63:32] == '0);
`endif
endmodule
