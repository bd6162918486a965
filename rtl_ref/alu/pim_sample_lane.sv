// One logit of SAMPLE: its distance from the largest, its weight, and on which side of the bound it is. Three stages;
// a lane without a logit is on none.
module pim_sample_lane (
    input  logic        clk_i,
    input  logic [ 2:0] enable_i,      // of each stage
    input  logic        used_i,
    input  logic [31:0] highest_i,
    input  logic [31:0] logit_i,
    input  logic [15:0] multiplier_i,
    input  logic [ 5:0] shift_i,
    input  logic [15:0] bound_i,
    output logic        near_o,        // nearer than the bound
    output logic        equal_o,       // just there
    output logic [28:0] weight_o
);
  logic [31:0] below;
  logic [47:0] product, product_q;
  assign below   = highest_i - logit_i;  // of two signed numbers, the first the larger: 32 bits unsigned
  assign product = below * multiplier_i;

  logic [48:0] doubled, rounded;
  logic [15:0] distance_q;
  assign doubled = {product_q, 1'b0} >> shift_i;
  assign rounded = {1'b0, doubled[48:1]} + {48'd0, doubled[0]};

  logic [28:0] weight;
  pim_sample_weight u_weight (
      .distance_i(distance_q),
      .weight_o  (weight)
  );

  logic used1_q, used2_q;
  always_ff @(posedge clk_i) begin
    if (enable_i[0]) begin
      product_q <= product;
      used1_q   <= used_i;
    end
    if (enable_i[1]) begin
      distance_q <= |rounded[48:16] ? 16'hffff : rounded[15:0];
      used2_q    <= used1_q;
    end
    if (enable_i[2]) begin
      weight_o <= weight;
      near_o   <= used2_q && distance_q < bound_i;
      equal_o  <= used2_q && distance_q == bound_i;
    end
  end
endmodule
