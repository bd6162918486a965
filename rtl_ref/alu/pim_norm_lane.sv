// One element of RMSNorm: x times the reciprocal root (Q32), then times the gain (Q16); zero for a lane without an
// element. One stage, the second product behind it.
module pim_norm_lane (
    input  logic        clk_i,
    input  logic        enable_i,
    input  logic        used_i,
    input  logic [31:0] x_i,
    input  logic [31:0] gain_i,
    input  logic [48:0] inverse_i,
    output logic [31:0] y_o
);
  // |x| * inverse is below sqrt(2n) * 2^48 <= 2^56.5 (docs/numerics.md), its rounded value below 2^33.
  logic signed [31:0] x, gain_q;
  logic signed [81:0] scaled;
  logic signed [63:0] t_q;
  logic signed [95:0] product;
  assign x       = used_i ? x_i : '0;
  assign scaled  = x * $signed({1'b0, inverse_i});
  assign product = t_q * gain_q;

  logic signed [72:0] rounded;
  logic fits;
  assign rounded = $signed({product[95], product[95:24]}) + $signed({72'd0, product[23]});
  assign fits    = rounded[72:31] == '0 || rounded[72:31] == '1;

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      t_q    <= 64'($signed(scaled[81:24])) + {63'd0, scaled[23]};
      gain_q <= gain_i;
    end
  end
  assign y_o = fits ? rounded[31:0] : rounded[72] ? 32'h80000000 : 32'h7fffffff;
endmodule
