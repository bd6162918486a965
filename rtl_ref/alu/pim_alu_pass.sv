`include "pim_assert.svh"
// A pass over the row buffer, `Lanes` elements a cycle: RMSNorm's products, or softmax's weights and their sum.
// Reads row p of the buffers in cycle p, has it written back two cycles later.
module pim_alu_pass #(
    parameter int Lanes = 64,
    parameter int AddressBits = 8
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   start_i,
    input  logic                   softmax_i,
    input  logic [           31:0] elements_i,
    input  logic [           48:0] inverse_i,
    input  logic [           31:0] highest_i,
    output logic                   read_o,
    output logic [AddressBits-1:0] read_address_o,
    input  logic [   32*Lanes-1:0] x_i,
    input  logic [   32*Lanes-1:0] gain_i,
    output logic                   write_o,
    output logic [AddressBits-1:0] write_address_o,
    output logic [   32*Lanes-1:0] write_data_o,
    output logic [           32:0] sum_o,
    output logic                   done_o
);
  // ---- Addresses and what of a row is used
  logic [31:0] left_q;
  logic [AddressBits-1:0] address_q, at1_q;
  logic valid1_q, valid2_q, last1_q, last2_q;
  logic [31:0] used_q;
  assign read_o         = left_q != '0;
  assign read_address_o = address_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q          <= '0;
      address_q       <= '0;
      at1_q           <= '0;
      write_address_o <= '0;
      valid1_q        <= 1'b0;
      valid2_q        <= 1'b0;
      last1_q         <= 1'b0;
      last2_q         <= 1'b0;
      used_q          <= '0;
      done_o          <= 1'b0;
    end else begin
      if (start_i) begin
        left_q    <= elements_i;
        address_q <= '0;
      end else if (read_o) begin
        left_q    <= left_q > 32'(Lanes) ? left_q - 32'(Lanes) : '0;
        address_q <= address_q + 1'b1;
      end
      valid1_q        <= read_o;
      last1_q         <= read_o && left_q <= 32'(Lanes);
      used_q          <= left_q;
      at1_q           <= address_q;
      valid2_q        <= valid1_q;
      last2_q         <= last1_q;
      write_address_o <= at1_q;
      done_o          <= last2_q;
    end
  end
  assign write_o = valid2_q;

  // ---- Lanes
  logic [16*Lanes-1:0] weights;
  logic [32*Lanes-1:0] normalised;
  for (genvar i = 0; i < Lanes; i++) begin : g_lane
    pim_norm_lane u_norm (
        .clk_i    (clk_i),
        .enable_i (valid1_q && !softmax_i),
        .used_i   (32'(i) < used_q),
        .x_i      (x_i[32*i+:32]),
        .gain_i   (gain_i[32*i+:32]),
        .inverse_i(inverse_i),
        .y_o      (normalised[32*i+:32])
    );
    pim_softmax_lane u_softmax (
        .clk_i    (clk_i),
        .enable_i (valid1_q && softmax_i),
        .used_i   (32'(i) < used_q),
        .highest_i(highest_i),
        .score_i  (x_i[32*i+:32]),
        .weight_o (weights[16*i+:16])
    );
    assign write_data_o[32*i+:32] = softmax_i ? {16'd0, weights[16*i+:16]} : normalised[32*i+:32];
  end

  logic [32:0] sum, sum_of_weights;
  logic [33*(Lanes+1)-1:0] terms;
  always_comb begin
    terms = '0;
    if (valid2_q && softmax_i) begin
      for (int i = 0; i < Lanes; i++) terms[33*i+:33] = {17'd0, weights[16*i+:16]};
      terms[33*Lanes+:33] = sum_o;
    end
  end
  pim_sum #(
      .Count(Lanes + 1),
      .Width(33)
  ) u_sum (
      .x_i(terms),
      .y_o(sum_of_weights)
  );
  assign sum = valid2_q && softmax_i ? sum_of_weights : sum_o;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_o <= '0;
    else sum_o <= start_i ? '0 : sum;
  end

`ifdef PIM_ASSERTIONS
  assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> elements_i != '0 && !read_o && !valid1_q && !valid2_q);
  assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> elements_i <= 32'(Lanes) << AddressBits);
`endif
endmodule
